INSERT INTO agent_document (host_id, kind, key, generation, spec) VALUES ('host-00000000000000001', 'vm', 'vm-00000000000000001', 1, '{}');
INSERT INTO observation (host_id, kind, key, generation, settled) VALUES ('host-00000000000000001', 'vm', 'vm-00000000000000001', 1, true);
INSERT INTO orphan (host_id, agent, kind, name) VALUES ('host-00000000000000001', 'compute', 'domain', 'vm-00000000000000002');
