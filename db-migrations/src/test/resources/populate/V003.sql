INSERT INTO work_item (kind, key) VALUES ('instance', 'i-00000000000000001');
