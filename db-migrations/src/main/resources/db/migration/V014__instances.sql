-- An instance outlives the virtual machines that embody it. EC2's state is derived from both, never stored.
CREATE TABLE instance (
  id instance_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  reservation_id reservation_id NOT NULL,
  launch_index int NOT NULL,
  client_token text,
  image_id image_id NOT NULL REFERENCES image,
  type text NOT NULL REFERENCES instance_type,
  key_name text,
  -- The key as it was at launch: deleting a key pair changes no instance.
  public_key text,
  user_data bytea CHECK (length(user_data) <= 16384),
  zone text NOT NULL REFERENCES zone,
  vpc_id vpc_id NOT NULL REFERENCES vpc,
  subnet_id subnet_id NOT NULL REFERENCES subnet,
  root_device_name text NOT NULL,
  -- Desired, with a generation that moves in the same UPDATE.
  power text NOT NULL CHECK (power IN ('on', 'off', 'terminated')),
  force_off boolean NOT NULL DEFAULT false,
  reboot_count int NOT NULL DEFAULT 0,
  generation bigint NOT NULL DEFAULT 1,
  shutdown_behavior text NOT NULL DEFAULT 'stop' CHECK (shutdown_behavior IN ('stop', 'terminate')),
  disable_api_termination boolean NOT NULL DEFAULT false,
  disable_api_stop boolean NOT NULL DEFAULT false,
  ebs_optimized boolean NOT NULL DEFAULT false,
  monitoring boolean NOT NULL DEFAULT false,
  cpu_credits text CHECK (cpu_credits IN ('standard', 'unlimited')),
  http_endpoint_enabled boolean NOT NULL DEFAULT true,
  http_tokens_required boolean NOT NULL DEFAULT false,
  http_hop_limit int NOT NULL DEFAULT 1 CHECK (http_hop_limit BETWEEN 1 AND 64),
  metadata_tags boolean NOT NULL DEFAULT false,
  -- Why it is in its state, in EC2's words.
  state_reason_code text,
  state_reason_message text,
  state_transition_reason text NOT NULL DEFAULT '',
  launched_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Set when nothing of it is left on any host; listed for an hour longer.
  terminated_at timestamptz
);
CREATE INDEX ON instance (account_id, id);
CREATE INDEX ON instance (reservation_id);
CREATE INDEX ON instance (terminated_at) WHERE terminated_at IS NOT NULL;

-- One virtual machine on one host, from a start to its end. Its row is the reservation of capacity.
CREATE TABLE vm (
  id vm_id PRIMARY KEY,
  instance_id instance_id NOT NULL REFERENCES instance ON DELETE CASCADE,
  host_id host_id NOT NULL REFERENCES host,
  vcpus int NOT NULL,
  memory_mib int NOT NULL,
  -- The instance's reboot count when this incarnation began.
  first_reboot_count int NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  running_at timestamptz,
  ended_at timestamptz
);
CREATE UNIQUE INDEX vm_one_alive ON vm (instance_id) WHERE ended_at IS NULL;
CREATE INDEX ON vm (host_id) WHERE ended_at IS NULL;
CREATE INDEX ON vm (instance_id, created_at);
