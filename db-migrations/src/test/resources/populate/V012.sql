INSERT INTO snapshot (id, account_id, volume_size_gib, state) VALUES ('snap-00000000000000001', '000000000001', 1, 'completed');
INSERT INTO image (id, account_id, name, source, available, snapshot_id) VALUES ('ami-00000000000000001', '000000000001', 'tiny', 'file:///x', true, 'snap-00000000000000001');
INSERT INTO image_launch_permission (image_id, account_id) VALUES ('ami-00000000000000001', '000000000002');
