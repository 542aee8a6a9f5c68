CREATE TABLE network_interface (
  id eni_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  vpc_id vpc_id NOT NULL REFERENCES vpc,
  subnet_id subnet_id NOT NULL REFERENCES subnet,
  zone text NOT NULL REFERENCES zone,
  mac macaddr NOT NULL,
  description text NOT NULL DEFAULT '',
  source_dest_check boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  instance_id instance_id REFERENCES instance,
  attachment_id eni_attachment_id,
  device_index int,
  delete_on_termination boolean,
  attached_at timestamptz,
  -- Whether an automatic public address is given at each start (decided at launch).
  auto_public_address boolean NOT NULL DEFAULT false,
  CHECK ((instance_id IS NULL) = (attachment_id IS NULL)),
  CHECK ((instance_id IS NULL) = (device_index IS NULL)),
  UNIQUE (vpc_id, mac),
  UNIQUE (instance_id, device_index)
);
CREATE INDEX ON network_interface (account_id, id);
CREATE INDEX ON network_interface (subnet_id);
-- The name of its tap: the last 14 digits of the id.
CREATE UNIQUE INDEX network_interface_tap ON network_interface (right(id, 14));

-- Private addresses are reserved by the primary key.
CREATE TABLE network_interface_address (
  vpc_id vpc_id NOT NULL REFERENCES vpc,
  address inet NOT NULL,
  eni_id eni_id NOT NULL REFERENCES network_interface ON DELETE CASCADE,
  is_primary boolean NOT NULL,
  PRIMARY KEY (vpc_id, address)
);
CREATE INDEX ON network_interface_address (eni_id);
CREATE UNIQUE INDEX network_interface_one_primary ON network_interface_address (eni_id) WHERE is_primary;

CREATE TABLE network_interface_group (
  eni_id eni_id NOT NULL REFERENCES network_interface ON DELETE CASCADE,
  group_id security_group_id NOT NULL REFERENCES security_group,
  PRIMARY KEY (eni_id, group_id)
);
CREATE INDEX ON network_interface_group (group_id);
