/** Whether a member's name says that its value is a secret; the twin of `protocol/draftwire/wire/secret_names.py`, which says why. */
/** Say whether what stands under a name is a secret, by the words of the name. */
export declare function isSecretName(name: string): boolean;
