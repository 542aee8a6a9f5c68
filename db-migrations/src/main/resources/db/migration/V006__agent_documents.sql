-- What the control plane wants of each thing on each host, and what the agent has acknowledged.
CREATE TABLE agent_document (
  host_id host_id NOT NULL REFERENCES host,
  kind text NOT NULL,
  key text NOT NULL,
  generation bigint NOT NULL CHECK (generation > 0),
  -- Null: ensure that it is absent.
  spec jsonb,
  acked_generation bigint NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (host_id, kind, key)
);
CREATE INDEX agent_document_key ON agent_document (kind, key);
CREATE INDEX agent_document_unacked ON agent_document (host_id) WHERE acked_generation < generation;

-- What the agent saw of it; older than the truth at times, absent never.
CREATE TABLE observation (
  host_id host_id NOT NULL REFERENCES host,
  kind text NOT NULL,
  key text NOT NULL,
  generation bigint NOT NULL,
  settled boolean NOT NULL,
  status jsonb,
  fault_code text,
  fault_message text,
  observed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (host_id, kind, key)
);
CREATE INDEX observation_key ON observation (kind, key);

-- Everything of ours that an agent found on its host and that no document of its ledger asks for.
CREATE TABLE orphan (
  host_id host_id NOT NULL REFERENCES host,
  agent text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  resource_id text,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (host_id, agent, kind, name)
);
