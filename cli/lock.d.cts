/** Runs `work` while no other process of this user holds `name`. `waiting` is called once if another one does. */
export function withLock<T>(name: string, work: () => Promise<T>, waiting?: () => void): Promise<T>;
