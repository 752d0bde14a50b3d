"""Settings: everything that is wrong is said at once, and what is right arrives in the workers unchanged."""

import ast
from pathlib import Path

import pytest

from draftwire_server.settings import Settings, SettingsError, Timings, decode, encode, from_env

KEY = "k" * 32
GOOD = {
    "DATABASE_URL": "postgresql://somebody@db/draftwire",
    "DRAFTWIRE_TOKEN_KEYS": KEY,
    "DRAFTWIRE_RESUME_KEY": KEY,
}


def problems(**changed: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        from_env(GOOD | changed)
    return caught.value.problems


def test_the_smallest_environment_gives_the_defaults() -> None:
    settings = from_env(GOOD)
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.redis_url is None
    assert settings.timings == Timings()
    assert not settings.dev


@pytest.mark.parametrize("field", Timings.__struct_fields__)
def test_every_default_passes_its_own_check(field: str) -> None:
    default = getattr(Timings(), field)
    name = f"DRAFTWIRE_TIMING_{field.upper()}"
    assert from_env(GOOD | {name: str(default)}).timings == Timings()
    assert getattr(from_env(GOOD | {name: str(1.01 * default)}).timings, field) == 1.01 * default
    assert problems(**{name: "1e9"})


def test_what_is_kept_for_a_month_may_be_kept_for_a_year() -> None:
    assert from_env(GOOD | {"DRAFTWIRE_TIMING_OPS_KEPT_S": "31536000"}).timings.ops_kept_s == 365 * 86_400


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        from_env({"DRAFTWIRE_PORT": "80000", "DRAFTWIRE_LOG_LEVEL": "loud", "REDIS_URL": "http://x"})
    text = str(caught.value)
    for name in ("DATABASE_URL", "TOKEN_KEYS", "RESUME_KEY", "PORT", "LOG_LEVEL", "REDIS_URL"):
        assert name in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DRAFTWIRE_TOKEN_KEYS", "short"),
        ("DRAFTWIRE_SECRET_KEYS", f"{KEY},short"),
        ("DRAFTWIRE_SECRET_KEYS", f"{KEY},{KEY}"),
        ("DRAFTWIRE_WEBHOOK_HOSTS", "10.0.0.0/99"),
        ("DRAFTWIRE_HOSTS", "https://draftwire.example"),
        ("DRAFTWIRE_HOSTS", "ok.example, *"),
        ("DRAFTWIRE_HOSTS", "draftwire.example:443"),
        ("DRAFTWIRE_WEBHOOK_HOSTS", "http://ci.internal"),
        ("DRAFTWIRE_TIMING_WEBHOOK_TOTAL_S", "50"),
        ("DRAFTWIRE_TOKEN_KEYS", f"{KEY},{KEY}"),
        ("DRAFTWIRE_RESUME_KEY", "short"),
        ("DRAFTWIRE_WORKERS", "0"),
        ("DRAFTWIRE_WORKERS", "two"),
        ("DRAFTWIRE_PORT", "-1"),
        ("DRAFTWIRE_ALLOWED_ORIGINS", "example.org"),
        ("DRAFTWIRE_ALLOWED_ORIGINS", "https://example.org/path"),
        ("DRAFTWIRE_ALLOWED_ORIGINS", "https://user@example.org"),
        ("DRAFTWIRE_BASE_PATH", "draftwire"),
        ("DRAFTWIRE_BASE_PATH", "/a//b"),
        ("DRAFTWIRE_SCHEMA", 'x"; drop schema public; --'),
        ("DRAFTWIRE_SCHEMA", "pg_mine"),
        ("DRAFTWIRE_SCHEMA", "Upper"),
        ("DRAFTWIRE_TIMING_PING_S", "soon"),
        ("DRAFTWIRE_TIMING_PING_S", "nan"),
        ("DRAFTWIRE_TIMING_PING_S", "0"),
        ("DATABASE_URL", "mysql://db"),
        ("REDIS_URL", "http://cache"),
    ],
)
def test_a_bad_value_is_refused_and_named(name: str, value: str) -> None:
    assert any(
        name.removeprefix("DRAFTWIRE_").removeprefix("TIMING_").lower() in p.lower() for p in problems(**{name: value})
    )


def test_a_misspelt_setting_is_refused_with_the_right_name() -> None:
    assert problems(DRAFTWIRE_WORKER="2") == ["DRAFTWIRE_WORKER is not a setting; did you mean DRAFTWIRE_WORKERS?"]
    assert "DRAFTWIRE_TIMING_POLL_S" in problems(DRAFTWIRE_TIMING_POL_S="1")[0]


def test_times_that_contradict_each_other_are_refused() -> None:
    assert problems(DRAFTWIRE_TIMING_PRESENCE_RENEW_S="7") == [
        "Timings: presence_renew_s must be below presence_lease_s."
    ]


def test_an_empty_variable_counts_as_not_set() -> None:
    assert from_env(GOOD | {"REDIS_URL": "", "DRAFTWIRE_PORT": ""}).redis_url is None


def test_our_own_database_variable_wins_over_the_platforms() -> None:
    ours = "postgresql://ours/db"
    assert from_env(GOOD | {"DRAFTWIRE_DATABASE_URL": ours}).database_url == ours


def test_keys_can_be_rotated() -> None:
    assert from_env(GOOD | {"DRAFTWIRE_TOKEN_KEYS": f"{'n' * 32}, {KEY}"}).token_keys == ("n" * 32, KEY)


def test_a_refusal_repeats_no_secret() -> None:
    text = " ".join(problems(DATABASE_URL="mysql://u:hunter2@db", DRAFTWIRE_TOKEN_KEYS="hunter2"))
    assert "hunter2" not in text


def test_settings_do_not_print_their_secrets() -> None:
    settings = from_env(GOOD | {"DATABASE_URL": "postgresql://u:hunter2@db/x"})
    assert "hunter2" not in repr(settings)
    assert KEY not in f"{settings}"


def test_workers_get_exactly_what_was_read() -> None:
    settings = from_env(
        GOOD
        | {
            "DRAFTWIRE_DATA_DIR": "/tmp/x",
            "DRAFTWIRE_TIMING_POLL_S": "0.1",
            "DRAFTWIRE_ALLOWED_ORIGINS": "https://a.example,https://b.example:8443",
            "DRAFTWIRE_WORKER_PORT_BASE": "0",
        }
    )
    assert decode(encode(settings)) == settings
    assert settings.timings.poll_s == 0.1
    assert isinstance(settings, Settings)


def test_with_public_keys_of_an_issuer_no_secret_ones_are_needed() -> None:
    environ = {name: value for name, value in GOOD.items() if name != "DRAFTWIRE_TOKEN_KEYS"}
    issuer = {"DRAFTWIRE_JWKS_URL": "https://issuer.example/jwks", "DRAFTWIRE_ISSUER": "https://issuer.example"}
    assert from_env(environ | issuer).token_keys == ()


def test_keys_of_secrets_and_hosts_of_webhooks_are_lists_and_nothing_by_default() -> None:
    assert (from_env(GOOD).secret_keys, from_env(GOOD).webhook_hosts) == ((), ())
    given = {"DRAFTWIRE_SECRET_KEYS": f"{KEY}, {KEY}2", "DRAFTWIRE_WEBHOOK_HOSTS": "CI.internal, 10.0.0.0/8,fd00::/8"}
    settings = from_env(GOOD | given)
    assert settings.secret_keys == (KEY, KEY + "2")
    assert settings.webhook_hosts == ("ci.internal", "10.0.0.0/8", "fd00::/8")
    assert KEY not in repr(settings)


SERVER = Path(__file__).resolve().parents[1] / "server" / "draftwire_server"


def read_names(attributes: type[ast.AST], beside: str) -> set[str]:
    """Names (or attributes) that the server reads, outside of a file or folder."""
    found: set[str] = set()
    for path in SERVER.rglob("*.py"):
        if beside not in (path.name, path.parent.name):
            nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, attributes)]
            found |= {str(getattr(node, "attr", None) or getattr(node, "id", "")) for node in nodes}
    return found


def test_every_limit_is_read_somewhere() -> None:
    defined = {
        node.target.id
        for path in (SERVER / "limits").glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    units = {"KIB", "MIB"}
    read = read_names(ast.Name, "limits")
    assert len(defined) > 100
    assert defined - read - units == set(), "a limit that nothing holds is a promise: hold it, or delete it"


def test_every_timing_is_read_somewhere() -> None:
    unread = set(Timings.__struct_fields__) - read_names(ast.Attribute, "settings.py")
    assert unread == set(), "a timing that nothing waits for is no setting"
