"""How CloudTrail names an operation, and what kind of event it makes of it.

From the services' guides on "Logging API calls with CloudTrail", CloudTrail's on data events, and
IAM's Service Authorization Reference.
"""

import re

# Operations whose event has another name than the API has.
EVENT_NAMES = {
    ("s3", "DeleteBucketLifecycle"): "DeleteBucketLifecycle",
    ("s3", "DeletePublicAccessBlock"): "DeleteBucketPublicAccessBlock",
    ("s3", "GetBucketLifecycleConfiguration"): "GetBucketLifecycle",
    ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "GetObjectLockConfiguration"): "GetBucketObjectLockConfiguration",
    ("s3", "ListObjectsV2"): "ListObjects",
    ("s3", "PutBucketLifecycleConfiguration"): "PutBucketLifecycle",
    ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
    ("s3", "PutObjectLockConfiguration"): "PutBucketObjectLockConfiguration",
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
}
# Those of Lambda carry the date of the API, and some a version.
LAMBDA_SECOND = frozenset(
    {
        "AddPermission",
        "GetFunction",
        "GetFunctionConfiguration",
        "GetPolicy",
        "RemovePermission",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
    }
)
LAMBDA_DATES = {"ListTags": "20170331", "TagResource": "20170331v2", "UntagResource": "20170331v2"}
# What no trail has as a management event.
DATA = {
    "dynamodb": re.compile(
        r"(Batch|Transact)?(Get|Write|Put|Update|Delete)Items?|Query|Scan|.*Statement"
    ),
    "events": re.compile(r"PutEvents|PutPartnerEvents"),
    "kinesis": re.compile(r"PutRecords?|GetRecords|GetShardIterator|SubscribeToShard"),
    "lambda": re.compile(r"Invoke(Async|WithResponseStream)?"),
    "logs": re.compile(r"PutLogEvents|StartLiveTail"),
    "monitoring": re.compile(r"PutMetricData|GetMetric(Data|Statistics|WidgetImage)|ListMetrics"),
    "s3": re.compile(
        r"(Get|Put|Delete|Head|Copy|Restore)Object(?!LockConf).*|DeleteObjects|HeadBucket"
        r"|ListObject.*|ListParts|ListMultipartUploads|.*MultipartUpload|UploadPart.*"
        r"|SelectObjectContent"
    ),
    "sns": re.compile(r"Publish(Batch)?"),
    "sqs": re.compile(r"(Send|Receive|Delete|ChangeMessageVisibility).*Message.*|ReceiveMessage"),
    "xray": re.compile(r"Put(Trace|Telemetry).*"),
}
READ_ONLY = re.compile(
    r"(Get|List|Describe|Head|BatchGet|Lookup|Search|Query|Scan|Select|Filter|Test|Simulate"
    r"|Validate|Estimate|Check|Receive|Preview|Detect)[A-Z].*|Query|Scan|GitPull"
    r"|AssumeRole.*|Decrypt|Encrypt|ReEncrypt|GenerateDataKey.*|GenerateRandom|GenerateMac"
    r"|Sign|Verify.*"
)
RESOURCE_TYPES = {
    "dynamodb": "AWS::DynamoDB::Table",
    "kms": "AWS::KMS::Key",
    "lambda": "AWS::Lambda::Function",
    "sns": "AWS::SNS::Topic",
    "sqs": "AWS::SQS::Queue",
    "sts": "AWS::IAM::Role",
}
# Where ministack has another name for a service than its event source.
SOURCES = {"apigatewayv2": "apigateway", "dynamodbstreams": "dynamodb"}
GLOBAL = frozenset({"cloudfront", "iam", "organizations", "route53"})


def event_source(service: str) -> str:
    """The service as events name it."""
    return f"{SOURCES.get(service, service)}.amazonaws.com"


def event_name(service: str, operation: str) -> str:
    """The operation as events name it."""
    if service == "lambda" and not is_data(service, operation):
        date = LAMBDA_DATES.get(operation, "20150331")
        return f"{operation}{date}{'v2' if operation in LAMBDA_SECOND else ''}"
    return EVENT_NAMES.get((service, operation), operation)


def is_data(service: str, operation: str) -> bool:
    """Whether its events are data events, which trails have only if they ask for them."""
    return service in DATA and DATA[service].fullmatch(operation) is not None


def is_read_only(operation: str) -> bool:
    """Whether it changes nothing."""
    return READ_ONLY.fullmatch(operation) is not None


def resource_type(service: str, arn: str) -> str:
    """The type of a resource, for services whose events name resources."""
    if service == "s3":
        return "AWS::S3::Object" if "/" in arn else "AWS::S3::Bucket"
    return RESOURCE_TYPES.get(service, "")
