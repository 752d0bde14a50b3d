"""x"""

from typing import Final

SIGNING_KEY: Final = "webhook_key"
