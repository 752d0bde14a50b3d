"""Whether a member's name says that its value is a secret: ``secretKey``, ``AWS_SECRET_ACCESS_KEY``, ``auth-token``.

A name is taken apart into words, whatever its style, and judged by them: one that names a secret makes it one, unless
the name ends in a word for something *about* a secret (``token_url``, ``password_policy``). Where it can't be told, it
is one: a value too many behind a marker costs a click, one too few is shown to everybody.
`protocol/js/src/wire/secret-names.ts` is the twin; the vectors in `protocol/vectors/names.json` hold both.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A secret wherever it stands in the name.
WORDS: Final = _set(
    "password passwords passwd passwds pwd pwds passphrase passphrases passcode passcodes secret secrets token "
    "tokens credential credentials apikey apikeys secretkey privatekey accesskey authkey bearer jwt otp totp "
    "mnemonic dsn keytab connectionstring connstr"
)
# So does a word that ends in one of these, as in `dbpassword`, `clientsecret`, `authtoken`, `myapikey`.
GLUED: Final = ("password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "privatekey", "accesskey")
# A secret as the last word alone: `smtp_pass`, `Set-Cookie`, but not `pass_through`.
LAST: Final = _set("pass pw pat cookie cookies authorization")
KEYS: Final = ("key", "keys")
# What makes a secret of `key` behind it. A key by itself, and those of databases, caches and messages, is none.
KEYS_OF: Final = _set(
    "api access secret private auth encryption decryption signing sign master shared service account storage "
    "session ssh pgp gpg hmac aes rsa ssl tls pem cipher license admin server client webhook subscription deploy "
    "security restricted app application integration function sas crypto symmetric vault root"
)
# Two words at the end that are a secret together, though one of them is about something.
ENDINGS: Final = frozenset(
    tuple(pair.split())
    for pair in (
        "connection string", "connection strings", "connection uri", "conn str", "conn string", "secret id",
        "seed phrase",
        "recovery code", "recovery codes", "recovery phrase", "backup code", "backup codes", "account json",
    )
)  # fmt: skip
# Whoever asks or counts at the beginning of a name holds no secret.
ASKING: Final = _set(
    "is has have had use uses using require requires needs need allow allows enable enables disable show hide "
    "supports support max min num number count total with without should can"
)
# What a secret is not, but something about it: as the last word.
ABOUT: Final = _set(
    "count counts counter number name names type types kind kinds length len size limit limits max min expiry "
    "expires expiration expire expired ttl lifetime duration timeout age at date time timestamp created updated "
    "policy policies rule rules path paths file files filename dir directory folder url urls uri uris endpoint "
    "endpoints host header headers prefix field fields label title description hint help placeholder enabled "
    "disabled required optional mode format algorithm alg method strategy scope scopes audience issuer version "
    "versions rotation rotated status state strength bucket symbol address arn ref reference references link "
    "manager store provider source region usage budget cost price rate index position column table schema id ids "
    "fingerprint thumbprint parameter param variable var env check validation validator resolver generator encoding "
    "location visible visibility reset change changed supply balance"
)
# Tokens that open nothing: those of pages and of language models.
PLAIN_TOKENS: Final = _set(
    "page continuation pagination cancellation eos bos pad unk sep stop special mask cls start end prompt "
    "completion input output cached reasoning used remaining total generated"
)


def is_secret_name(name: str) -> bool:
    """Say whether what stands under a name is a secret, by the words of the name."""
    words = words_of(name)
    if not words or words[0] in ASKING:
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if (before, last) in ENDINGS:
        return True
    if last in ABOUT or (last in ("token", "tokens") and before in PLAIN_TOKENS):
        return False
    if last in LAST or any(word in WORDS or word.endswith(GLUED) for word in words):
        return True
    pairs = list(pairwise(words))
    if any(first + second in WORDS and second not in KEYS for first, second in pairs):
        return True
    return "public" not in words and any(first in KEYS_OF and second in KEYS for first, second in pairs)


def words_of(name: str) -> list[str]:
    """Take a name apart: at its case, its digits, and at all that is no Latin letter; digits are no words."""
    return [word.lower() for word in _WORD.findall(unicodedata.normalize("NFKC", name))]
