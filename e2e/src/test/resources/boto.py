"""The short life of a guest by boto3: boto.py ENDPOINT IMAGE prints what it sees."""

import sys

import boto3
from botocore.exceptions import ClientError

endpoint, image = sys.argv[1:]
ec2 = boto3.client("ec2", endpoint_url=endpoint)

launched = ec2.run_instances(
    ImageId=image,
    InstanceType="t3.nano",
    MinCount=1,
    MaxCount=1,
    UserData="#!/bin/sh\ntrue\n",
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "of boto"}]}],
)["Instances"][0]
print(launched["State"]["Name"])
instance = launched["InstanceId"]
patience = {"Delay": 1, "MaxAttempts": 50}
try:
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig=patience)
    pages = ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": "tag:Name", "Values": ["of boto"]}, {"Name": "instance-id", "Values": [instance]}]
    )
    for page in pages:
        for reservation in page["Reservations"]:
            for found in reservation["Instances"]:
                print(found["State"]["Name"])
    try:
        ec2.describe_instances(InstanceIds=["i-0123456789abcdef0"])
    except ClientError as refusal:
        print(refusal.response["Error"]["Code"])
finally:
    ec2.terminate_instances(InstanceIds=[instance])
ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance], WaiterConfig=patience)
print("terminated")
