-- A snapshot is a region's resource; those that an image import makes stand for the image's disk.
CREATE TABLE snapshot (
  id snapshot_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  description text NOT NULL DEFAULT '',
  volume_size_gib int NOT NULL CHECK (volume_size_gib > 0),
  state text NOT NULL CHECK (state IN ('pending', 'completed', 'error')),
  progress_percent int NOT NULL DEFAULT 0 CHECK (progress_percent BETWEEN 0 AND 100),
  source_volume_id volume_id,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Volumes remember what they were made from, so that the row outlives the snapshot.
  deleted_at timestamptz
);
CREATE INDEX ON snapshot (account_id);

CREATE TABLE image (
  id image_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  -- Where it was imported from and the digest under which the catalogue keeps it.
  source text NOT NULL,
  source_sha256 text,
  source_format text,
  -- Null until the import has read it.
  size_bytes bigint,
  available boolean NOT NULL DEFAULT false,
  failed_reason text,
  progress_percent int NOT NULL DEFAULT 0,
  is_public boolean NOT NULL DEFAULT false,
  root_device_name text NOT NULL DEFAULT '/dev/xvda',
  snapshot_id snapshot_id REFERENCES snapshot,
  deregistered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON image (account_id);
CREATE UNIQUE INDEX image_name ON image (account_id, name) WHERE deregistered_at IS NULL AND failed_reason IS NULL;

CREATE TABLE image_launch_permission (
  image_id image_id NOT NULL REFERENCES image ON DELETE CASCADE,
  account_id account_id NOT NULL,
  PRIMARY KEY (image_id, account_id)
);
