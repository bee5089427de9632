"""The topic that people are told by."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from lockgate.key import EncryptionKey
from lockgate.permissions import USE_KEY, arn


class NotificationTopic(Construct):
    """An encrypted topic for alarms, verdicts and failed pipelines of this account alone.

    CloudWatch may publish for the account's alarms and EventBridge for its rules; both are held
    to this account by the source that they send. Each address in `subscribers` gets a mail that
    asks it to confirm. Costs nothing when idle.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        key: EncryptionKey,
        subscribers: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        account = cdk.Stack.of(self).account
        self.topic = sns.Topic(self, "Topic", topic_name=name, master_key=key.key, enforce_ssl=True)
        sources = {
            "cloudwatch.amazonaws.com": arn(self, "cloudwatch", "alarm:*"),
            "events.amazonaws.com": arn(self, "events", "rule/*"),
        }
        for service, source in sources.items():
            key.allow_service(service, USE_KEY, {"StringEquals": {"aws:SourceAccount": account}})
            self.topic.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=["sns:Publish"],
                    resources=[self.topic.topic_arn],
                    conditions={
                        "StringEquals": {"aws:SourceAccount": account},
                        "ArnLike": {"aws:SourceArn": source},
                    },
                )
            )
        for address in subscribers:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))
