/** Whether a member's name says that its value is a secret; the twin of `protocol/draftwire/wire/secret_names.py`, which says why. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const WORDS = words(
  "accesskey apikey apikeys authkey bearer connectionstring connstr credential credentials dsn jwt keytab " +
    "mnemonic otp passcode passcodes passphrase passphrases passwd passwds password passwords privatekey pwd pwds " +
    "secret secretkey secrets token tokens totp",
);
const GLUED = ["password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "privatekey", "accesskey"];
const LAST = words(
  "authorization cookie cookies pass pat pw",
);
const KEYS = words("key keys");
const KEYS_OF = words(
  "access account admin aes api app application auth cipher client crypto decryption deploy encryption function " +
    "gpg hmac integration license master pem pgp private restricted root rsa sas secret security server service " +
    "session shared sign signing ssh ssl storage subscription symmetric tls vault webhook",
);
const ENDINGS: ReadonlySet<string> = new Set([
  "account json",
  "backup code",
  "backup codes",
  "conn str",
  "conn string",
  "connection string",
  "connection strings",
  "connection uri",
  "recovery code",
  "recovery codes",
  "recovery phrase",
  "secret id",
  "seed phrase",
]);
const ASKING = words(
  "allow allows can count disable enable enables had has have hide is max min need needs num number require " +
    "requires should show support supports total use uses using with without",
);
const ABOUT = words(
  "address age alg algorithm arn at audience balance bucket budget change changed check column cost count counter " +
    "counts created date description dir directory disabled duration enabled encoding endpoint endpoints env " +
    "expiration expire expired expires expiry field fields file filename files fingerprint folder format generator " +
    "header headers help hint host id ids index issuer kind kinds label len length lifetime limit limits link " +
    "location manager max method min mode name names number optional param parameter path paths placeholder " +
    "policies policy position prefix price provider rate ref reference references region required reset resolver " +
    "rotated rotation rule rules schema scope scopes size source state status store strategy strength supply symbol " +
    "table thumbprint time timeout timestamp title ttl type types updated uri uris url urls usage validation " +
    "validator var variable version versions visibility visible",
);
const PLAIN_TOKENS = words(
  "bos cached cancellation cls completion continuation end eos generated input mask output pad page pagination " +
    "prompt reasoning remaining sep special start stop total unk used",
);

/** Say whether what stands under a name is a secret, by the words of the name. */
export function isSecretName(name: string): boolean {
  const found = (name.normalize("NFKC").match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
  const last = found.at(-1);
  if (last === undefined || ASKING.has(found[0] ?? "")) return false;
  const before = found.at(-2) ?? "";
  if (ENDINGS.has(`${before} ${last}`)) return true;
  if (ABOUT.has(last) || ((last === "token" || last === "tokens") && PLAIN_TOKENS.has(before))) return false;
  if (LAST.has(last) || found.some((word) => WORDS.has(word) || GLUED.some((end) => word.endsWith(end)))) return true;
  const pairs = found.slice(1).map((word, i) => [found[i] ?? "", word] as const);
  if (pairs.some(([first, second]) => WORDS.has(first + second) && !KEYS.has(second))) return true;
  return !found.includes("public") && pairs.some(([first, second]) => KEYS_OF.has(first) && KEYS.has(second));
}
