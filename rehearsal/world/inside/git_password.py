"""The user name and password that git gives CodeCommit, as `aws codecommit credential-helper`.

The user name is an access key, with the session's token behind a `%` where there is one; the
password is a moment and a signature by the secret key over the repository's address.
"""

from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

MOMENT = len("20270301T090000")


def git_password(secret: str, *, region: str, url: str, moment: str) -> str:
    """The password.

    Args:
        secret: the secret access key.
        region: where the repository is.
        url: the repository's address; its host counts, and its port does not.
        moment: when, as `20270301T090000`.
    """
    where = urlsplit(url)
    signer = SigV4Auth(Credentials("unused", secret), "codecommit", region)
    request = AWSRequest("GIT", url)
    request.context["timestamp"] = moment
    canonical = f"GIT\n{where.path}\n\nhost:{where.hostname}\n\nhost\n"
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    return f"{moment}Z{signature}"


def signed_url(
    url: str, *, key: str, secret: str, region: str, moment: str, token: str = ""
) -> str:
    """A repository's address with a user name and a password in it.

    Args:
        url: the repository's address.
        key: the access key.
        secret: the secret access key.
        region: where the repository is.
        moment: when, as `20270301T090000`; CodeCommit on AWS takes it for 15 minutes.
        token: the session's token, of temporary credentials.
    """
    user = quote(f"{key}%{token}" if token else key, safe="")
    password = git_password(secret, region=region, url=url, moment=moment)
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{user}:{password}@{rest}"
