"""What processes of the rehearsal see of this machine: hardly anything, and nothing of AWS."""

import os
from collections.abc import Mapping
from pathlib import Path

from rehearsal.world.loopback import require_loopback

# All else could carry credentials, profiles, proxies, endpoints or a home folder inside.
KEPT = ("LANG", "LC_ALL", "PATH", "TZ")

# git knows no configuration of the user's, and asks nobody.
GIT_ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


def scrubbed(home: Path, host: Mapping[str, str] = os.environ) -> dict[str, str]:
    """An environment in which nothing is the user's but the path and the language.

    Args:
        home: stands in for the home folder and holds temporary files; made if it is missing.
        host: the environment to take from.
    """
    temporary = home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    kept = {name: host[name] for name in KEPT if name in host}
    return {
        "PATH": os.defpath,
        **kept,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


def trusting(ca_bundle: Path) -> dict[str, str]:
    """What makes Python, Node, git and curl trust the world's certificate, and no other."""
    names = (
        "AWS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_FILE",
    )
    return dict.fromkeys(names, str(ca_bundle))


def for_tools(
    home: Path, *, endpoint: str, ca_bundle: Path, account: str, secret: str, region: str
) -> dict[str, str]:
    """The environment of a tool that works in the world: the CDK CLI, git, a shell.

    Args:
        home: stands in for the tool's home folder.
        endpoint: where AWS is.
        ca_bundle: whom to trust.
        account: the account to act in, as its root user.
        secret: the root user's key.
        region: the region to act in.

    Raises:
        NotLoopbackError: the endpoint leads away from this machine.
    """
    return {
        **scrubbed(home),
        **trusting(ca_bundle),
        "AWS_ENDPOINT_URL": require_loopback(endpoint),
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "1",
        **GIT_ALONE,
    }
