"""Made by `make generate` from draftwire.rest: change it there."""

from typing import Any

from draftwire.api.asking import Asking
from draftwire.rest.deploys import DeployedQuery
from draftwire.rest.drafts import NamedDraft
from draftwire.rest.rights import Done
from draftwire.rest.secrets import DeployedSecrets, MadeSecret, NewSecret, PlacedSecret, SecretList, SetSecret
from draftwire.wire.etags import quoted


class SecretsCalls:
    """Requests of `Api.secrets`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def set(
        self,
        draft: str,
        at: str,
        value: Any,
        *,
        if_match: str,
        item: str | None = None,
        session: str | None = None,
        merge: bool = True,
    ) -> SetSecret:
        """Set a secret in a draft.

        Keep a value, and let a marker stand at ``at``: a place of a secret of the item's kind.

        The marker is an op like any other, seen by everybody who is in the draft. The value can be read by nobody.

        Raises:
            Problem: secrets_off, too_large, precondition_required, bad_etag, stale, generation_changed, rewound,
                base_ahead, base_expired, session_is_live, read_only, mode_forbids, no_such_place, bad_address,
                plain_array, id_fixed, root_fixed, keyed_array_fixed.
        """
        return await self._api.ask(
            SetSecret,
            "PUT",
            await self._api.in_workspace("drafts", draft, "secrets"),
            body=PlacedSecret(at=at, value=value),
            query=NamedDraft(item=self._api.item_of(draft, item)),
            headers={
                "if-match": quoted(if_match),
                "draftwire-session": session,
                "prefer": None if merge else "merge=never",
            },
        )

    async def make(self, item: str, value: Any) -> MadeSecret:
        """Keep a secret for an item.

        Keep a value; the answer has the marker, for clients that write ops or whole documents themselves.

        Raises:
            Problem: secrets_off, too_large, forbidden.
        """
        return await self._api.ask(
            MadeSecret, "POST", await self._api.in_workspace("items", item, "secrets"), body=NewSecret(value=value)
        )

    async def list(self, item: str) -> SecretList:
        """List an item's secrets.

        Which secrets an item has, who set them and when; never their values.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(SecretList, "GET", await self._api.in_workspace("items", item, "secrets"))

    async def remove(self, item: str, secret: str) -> Done:
        """Destroy a secret.

        Destroy a value for good: no older version that names it can be run again. Not the one that is deployed now.

        Raises:
            Problem: forbidden, secret_in_use.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("items", item, "secrets", secret))

    async def deployed(self, *, path: str | None = None, hash: str | None = None) -> DeployedSecrets:
        """Read the secrets of what is deployed.

        The values of a version's markers, for an API key with ``reads_secrets`` that may run it; an event says so.

        Raises:
            Problem: forbidden, secrets_off, unknown_secret.
        """
        return await self._api.ask(
            DeployedSecrets,
            "GET",
            await self._api.in_workspace("deployed", "secrets"),
            query=DeployedQuery(path=path, hash=hash),
        )
