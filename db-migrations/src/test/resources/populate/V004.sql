INSERT INTO zone (name) VALUES ('home-1a');
INSERT INTO host (id, name, zone, cpus, memory_mib) VALUES ('host-00000000000000001', 'one', 'home-1a', 2, 24000);
INSERT INTO agent (host_id, name, address) VALUES ('host-00000000000000001', 'compute', '127.0.0.1:8781');
INSERT INTO pool (host_id, name, kind, total_bytes, free_bytes) VALUES ('host-00000000000000001', 'default', 'reflink', 100, 50);
