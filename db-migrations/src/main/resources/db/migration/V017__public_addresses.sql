-- Public addresses in use, elastic ones (with an allocation) and automatic ones: reserved by the primary key.
CREATE TABLE public_address (
  address inet PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  allocation_id allocation_id UNIQUE,
  eni_id eni_id REFERENCES network_interface,
  private_address inet,
  association_id address_association_id UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((eni_id IS NULL) = (private_address IS NULL)),
  CHECK ((allocation_id IS NOT NULL AND eni_id IS NOT NULL) = (association_id IS NOT NULL)),
  -- An automatic address exists only while an interface uses it.
  CHECK (allocation_id IS NOT NULL OR eni_id IS NOT NULL),
  UNIQUE (eni_id, private_address)
);
CREATE INDEX ON public_address (account_id);
