interface Page<Item> {
  readonly metadata?: { readonly _continue?: string };
  readonly items: readonly Item[];
}

/** Reads a list page by page, because there can be many thousands of objects. `read` gets the place of a page. */
export async function* pagesOf<Item>(
  read: (next: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[]> {
  let next: string | undefined;
  do {
    const { metadata, items } = await read(next);
    yield items;
    next = metadata?._continue;
  } while (next);
}
