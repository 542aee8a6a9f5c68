-- The reconcile engine's queue: work is found by key and leased, never owned and never carried in a message.
CREATE TABLE work_item (
  kind text NOT NULL,
  key text NOT NULL,
  due_at timestamptz NOT NULL DEFAULT now(),
  -- Counts wake-ups: one that arrives during a run causes exactly one more run.
  wake_seq bigint NOT NULL DEFAULT 1,
  lease_token uuid,
  lease_until timestamptz,
  attempt int NOT NULL DEFAULT 0,
  -- When an unfinished item begins to complain.
  deadline_at timestamptz,
  waiting_for text,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, key)
);
CREATE INDEX work_item_due ON work_item (due_at);
