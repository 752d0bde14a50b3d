"""What browsers give to secure origins alone is asked for in one module, which has something else elsewhere."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("protocol/js/src", "server/web/src")
OFFERED = ROOT / "protocol/js/src/sdk/browser.ts"
# https://developer.mozilla.org/docs/Web/Security/Secure_Contexts/features_restricted_to_secure_contexts
SECURE_ONLY = re.compile(
    r"crypto\s*\??\.\s*(?:randomUUID|subtle)"
    r"|navigator\s*\??\.\s*(?:bluetooth|clipboard|contacts|credentials|geolocation|gpu|hid|keyboard|locks|mediaDevices"
    r"|mediaSession|permissions|serial|serviceWorker|share|canShare|storage|storageBuckets|usb|wakeLock|xr)\b"
    r"|\bclipboard\s*\??\.\s*(?:read|write)"
    r"|\b(?:caches|cookieStore)\s*\."
    r"|\b(?:showOpenFilePicker|showSaveFilePicker|showDirectoryPicker|isSecureContext|SharedArrayBuffer"
    r"|PushManager|PaymentRequest|Notification|ServiceWorker|Worklet|VideoEncoder|EyeDropper|IdleDetector)\b"
)


def asks(text: str) -> list[str]:
    return SECURE_ONLY.findall(re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL))


def test_no_other_module_asks_for_what_secure_origins_alone_have() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): asks(path.read_text())
        for source in SOURCES
        for path in (ROOT / source).rglob("*.ts*")
        if path != OFFERED
    }
    assert len(found) > 100
    assert {path: what for path, what in found.items() if what} == {}, (
        "offer it in browser.ts, with what stands in for it"
    )


def test_the_rule_sees_what_it_is_for() -> None:
    assert asks(OFFERED.read_text()) == ["navigator?.locks", "navigator.clipboard", "clipboard.write"]
    for line in ("crypto.randomUUID()", "navigator?.locks", "await crypto.subtle.digest()", "caches.open('x')"):
        assert len(asks(line)) == 1, line
    for line in ("crypto.getRandomValues(x)", "navigator.platform", "// navigator.locks", "const storage = 1"):
        assert asks(line) == [], line
