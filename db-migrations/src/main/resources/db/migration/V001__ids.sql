-- Resource ids, checked by the database: a prefix and 17 hexadecimal digits, as in EC2 (IdKind lists the same).

CREATE DOMAIN instance_id AS text CHECK (VALUE ~ '^i-[0-9a-f]{17}$');
CREATE DOMAIN vm_id AS text CHECK (VALUE ~ '^vm-[0-9a-f]{17}$');
CREATE DOMAIN volume_id AS text CHECK (VALUE ~ '^vol-[0-9a-f]{17}$');
CREATE DOMAIN snapshot_id AS text CHECK (VALUE ~ '^snap-[0-9a-f]{17}$');
CREATE DOMAIN image_id AS text CHECK (VALUE ~ '^ami-[0-9a-f]{17}$');
CREATE DOMAIN eni_id AS text CHECK (VALUE ~ '^eni-[0-9a-f]{17}$');
CREATE DOMAIN eni_attachment_id AS text CHECK (VALUE ~ '^eni-attach-[0-9a-f]{17}$');
CREATE DOMAIN security_group_id AS text CHECK (VALUE ~ '^sg-[0-9a-f]{17}$');
CREATE DOMAIN security_group_rule_id AS text CHECK (VALUE ~ '^sgr-[0-9a-f]{17}$');
CREATE DOMAIN subnet_id AS text CHECK (VALUE ~ '^subnet-[0-9a-f]{17}$');
CREATE DOMAIN vpc_id AS text CHECK (VALUE ~ '^vpc-[0-9a-f]{17}$');
CREATE DOMAIN allocation_id AS text CHECK (VALUE ~ '^eipalloc-[0-9a-f]{17}$');
CREATE DOMAIN address_association_id AS text CHECK (VALUE ~ '^eipassoc-[0-9a-f]{17}$');
CREATE DOMAIN key_pair_id AS text CHECK (VALUE ~ '^key-[0-9a-f]{17}$');
CREATE DOMAIN reservation_id AS text CHECK (VALUE ~ '^r-[0-9a-f]{17}$');
CREATE DOMAIN route_table_id AS text CHECK (VALUE ~ '^rtb-[0-9a-f]{17}$');
CREATE DOMAIN route_table_association_id AS text CHECK (VALUE ~ '^rtbassoc-[0-9a-f]{17}$');
CREATE DOMAIN internet_gateway_id AS text CHECK (VALUE ~ '^igw-[0-9a-f]{17}$');
CREATE DOMAIN network_acl_id AS text CHECK (VALUE ~ '^acl-[0-9a-f]{17}$');
CREATE DOMAIN network_acl_association_id AS text CHECK (VALUE ~ '^aclassoc-[0-9a-f]{17}$');
CREATE DOMAIN dhcp_options_id AS text CHECK (VALUE ~ '^dopt-[0-9a-f]{17}$');
CREATE DOMAIN vpc_cidr_association_id AS text CHECK (VALUE ~ '^vpc-cidr-assoc-[0-9a-f]{17}$');
CREATE DOMAIN host_id AS text CHECK (VALUE ~ '^host-[0-9a-f]{17}$');
CREATE DOMAIN account_id AS text CHECK (VALUE ~ '^[0-9]{12}$');
