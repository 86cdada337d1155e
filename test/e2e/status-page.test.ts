import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { statusPage } from "../../manager/status-page";
import { findBrowser } from "../../lab";
import { hostile, pageData } from "../unit/helpers/status-page";

interface Box {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly visible: boolean;
}

/** A page as a browser shows it. */
interface Seen {
  readonly title: string;
  readonly overflow: number;
  readonly rows: readonly Box[];
  readonly plots: readonly Box[];
  readonly background: string;
  /** Colours of the lines in the first plot, as they are drawn. */
  readonly lines: readonly string[];
  readonly text: string;
}

/** A script that runs in the page. */
const look = `(() => {
  const box = (element, name) => {
    const { width, height } = element.getBoundingClientRect();
    return { name, width, height, visible: element.checkVisibility() };
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  for (const table of all("details")) table.open = true;
  const first = document.querySelector("figure svg");
  return {
    title: document.title,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    rows: all("[data-pipeline]").map((row) => box(row, row.dataset.pipeline)),
    plots: all("figure svg").map((plot) => box(plot, plot.id)),
    background: getComputedStyle(document.body).backgroundColor,
    lines: first ? [...first.querySelectorAll("g path")].map((line) => getComputedStyle(line).stroke) : [],
    text: document.body.innerText,
  };
})()`;

describe("the page about pipelines, in a browser", function () {
  this.timeout("3m");
  const folder = mkdtempSync(join(tmpdir(), "telemetry-page-"));
  let browser: Browser;
  const asked: string[] = [];
  const complaints: string[] = [];

  async function open(file: string, width: number, scheme: "light" | "dark" = "light"): Promise<[Page, Seen]> {
    const page = await browser.newPage();
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href, { waitUntil: "networkidle0" });
    return [page, (await page.evaluate(look)) as Seen];
  }

  const file = join(folder, "status.html");

  before(async () => {
    const executablePath = findBrowser();
    assert.ok(executablePath, "there is no browser; npm run test:e2e installs one");
    // Root cannot use the browser's sandbox. The browser opens only our page.
    browser = await puppeteer.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
    writeFileSync(file, statusPage(pageData()));
  });

  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const width of [1280, 390]) {
    it(`shows every pipeline and every plot, and nothing beyond its edge, ${width} pixels wide`, async () => {
      const [page, { title, overflow, rows, plots, text }] = await open(file, width);
      assert.equal(title, "1 of 4 pipelines unhealthy: prod");
      assert.equal(overflow, 0);
      const names = ["metricPipelines/shop", "metricPipelines/archive", "tracePipelines/shop", "logPipelines/audit"];
      assert.deepEqual(
        rows.map(({ name }) => name),
        names,
      );
      assert.equal(plots.length, 13);
      for (const { name, visible, width, height } of [...rows, ...plots]) {
        assert.ok(visible && width > 200 && height > 30, `${name}: ${width} x ${height}`);
      }
      for (const name of names) assert.ok(text.includes(name), name);
      assert.ok(text.includes(hostile), "a text of a backend is shown unchanged");
      await page.close();
    });
  }

  it("stays within its edge, whatever names it shows", async () => {
    const long = "a".repeat(200);
    const data = pageData();
    const odd = join(folder, "long.html");
    writeFileSync(
      odd,
      statusPage({
        ...data,
        stack: long,
        targets: {
          ...data.targets,
          pipelines: data.targets.pipelines.map((target) => ({
            ...target,
            name: long,
            backend: `${long}.example.com`,
          })),
        },
        pipelines: data.pipelines.map((status) => ({ ...status, pipeline: `metricPipelines/${long}` })),
        samples: data.samples.map((sample) => ({ ...sample, node: long })),
      }),
    );
    for (const width of [1280, 390]) {
      const [page, { overflow }] = await open(odd, width);
      assert.equal(overflow, 0, `${width}`);
      await page.close();
    }
  });

  it("is dark if the browser prefers that, with its plots", async () => {
    const [light, byDay] = await open(file, 1280, "light");
    const [dark, atNight] = await open(file, 1280, "dark");
    assert.equal(byDay.background, "rgb(246, 248, 250)");
    assert.equal(atNight.background, "rgb(13, 17, 23)");
    assert.ok(byDay.lines.length > 0);
    byDay.lines.forEach((line, i) => assert.notEqual(line, atNight.lines[i]));
    await Promise.all([light.close(), dark.close()]);
  });

  it("requests nothing but itself, and the browser reports no error", () => {
    assert.ok(asked.length >= 6);
    assert.deepEqual(
      asked.filter((url) => !url.startsWith("file:") || !url.endsWith(".html")),
      [],
    );
    assert.deepEqual(complaints, []);
  });
});
