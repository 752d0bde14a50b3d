import type { Check } from "./checks.js";
export declare const CLIENT: Readonly<Record<string, Check>>;
export declare const SERVER: Readonly<Record<string, Check>>;
