/** For each call its method, its path, and whether it takes a body. */
export declare const ROUTES: readonly (readonly [call: string, method: string, path: string, body?: 1])[];
/** For each option that becomes a header its name, and its value with `*` for the option's. */
export declare const HEADERS: Readonly<Record<string, readonly [name: string, value: string]>>;
