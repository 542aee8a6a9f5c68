CREATE TABLE volume (
  id volume_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  zone text NOT NULL REFERENCES zone,
  host_id host_id NOT NULL REFERENCES host,
  pool text NOT NULL,
  size_gib int NOT NULL CHECK (size_gib > 0),
  type text NOT NULL DEFAULT 'gp3',
  iops int,
  throughput_mibps int,
  source_image_id image_id REFERENCES image,
  source_snapshot_id snapshot_id REFERENCES snapshot,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The user's intent to delete it (directly, or by terminating its instance).
  deleted_at timestamptz,
  -- When the agent has proved that it is gone.
  destroyed_at timestamptz
);
CREATE INDEX ON volume (account_id, id) WHERE destroyed_at IS NULL;
CREATE INDEX ON volume (host_id) WHERE destroyed_at IS NULL;

-- One row per attached volume: attached twice cannot be written. The epoch moves with every attachment.
CREATE TABLE volume_attachment (
  volume_id volume_id PRIMARY KEY REFERENCES volume,
  instance_id instance_id NOT NULL REFERENCES instance,
  device text NOT NULL,
  epoch bigint NOT NULL DEFAULT 1,
  delete_on_termination boolean NOT NULL,
  attached_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (instance_id, device)
);
