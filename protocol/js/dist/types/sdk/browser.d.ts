/**
 * What browsers offer to secure origins alone (https, localhost), and what stands in for it elsewhere. Draftwire is run on
 * plain-http addresses within companies too: nothing else in the client and the pages asks for these members (a test).
 *
 * Random ids need no secure origin. Without locks there is no journal (`no_locks`): a page works, and what it leaves
 * unsent ends with it.
 */
/** 128 random bits, URL-safe. */
export declare function randomId(): string;
/** Locks that the loads of all pages of this origin share; null where there are none. */
export declare function sharedLocks(): LockManager | null;
/** Put a text into the clipboard: resolves only when it is there. Raises Problem `unavailable`. */
export declare function copyText(text: string): Promise<void>;
/** What has the focus, also within shadow roots, as an editor's text. */
export declare function focusedElement(): HTMLElement | null;
