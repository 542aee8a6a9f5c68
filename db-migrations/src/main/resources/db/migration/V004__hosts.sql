-- Zones exist while hosts name them; the first host of a zone makes it.
CREATE TABLE zone (
  name text PRIMARY KEY CHECK (name ~ '^[a-z]+-[0-9]+[a-z]$'),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE host (
  id host_id PRIMARY KEY,
  name text NOT NULL UNIQUE,
  zone text NOT NULL REFERENCES zone,
  -- Whether new instances may be placed here.
  schedulable boolean NOT NULL DEFAULT true,
  cpus int,
  memory_mib int,
  acceleration text,
  hypervisor_version text,
  cpu_overcommit numeric NOT NULL DEFAULT 8 CHECK (cpu_overcommit > 0),
  memory_overcommit numeric NOT NULL DEFAULT 1 CHECK (memory_overcommit > 0),
  memory_reserved_mib int NOT NULL DEFAULT 2048 CHECK (memory_reserved_mib >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The three agents of a host; started_at and sequence order their reports.
CREATE TABLE agent (
  host_id host_id NOT NULL REFERENCES host,
  name text NOT NULL CHECK (name IN ('compute', 'storage', 'network')),
  address text NOT NULL,
  version text,
  started_at timestamptz,
  sequence bigint NOT NULL DEFAULT 0,
  reported_at timestamptz,
  PRIMARY KEY (host_id, name)
);

CREATE TABLE pool (
  host_id host_id NOT NULL REFERENCES host,
  name text NOT NULL,
  kind text NOT NULL,
  total_bytes bigint NOT NULL,
  free_bytes bigint NOT NULL,
  PRIMARY KEY (host_id, name)
);
