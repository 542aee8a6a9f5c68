INSERT INTO volume (id, account_id, zone, host_id, pool, size_gib) VALUES ('vol-00000000000000001', '000000000001', 'home-1a', 'host-00000000000000001', 'default', 1);
INSERT INTO volume_attachment (volume_id, instance_id, device, delete_on_termination) VALUES ('vol-00000000000000001', 'i-00000000000000001', '/dev/xvda', true);
