-- Harborline Freight and its daughter Quayside: 309 rows, made by make_seeds.py; do not edit by hand.

-- organization (2)
INSERT INTO organization (org_id, name, active, created_at, updated_at) VALUES
('ORG_001', 'Harborline Freight', TRUE, '2024-02-12 08:00:00', '2024-02-12 08:00:00'),
('ORG_002', 'Quayside Customs Brokers', TRUE, '2025-06-02 08:00:00', '2025-06-02 08:00:00');

-- role (4)
INSERT INTO role (role_id, name) VALUES
('ROLE_001', 'admin'),
('ROLE_002', 'manager'),
('ROLE_003', 'agent'),
('ROLE_004', 'reporter');

-- permission (24)
INSERT INTO permission (perm_id, resource, action) VALUES
('PERM_001', 'users', 'read'),
('PERM_002', 'users', 'write'),
('PERM_003', 'locations', 'read'),
('PERM_004', 'locations', 'write'),
('PERM_005', 'services', 'read'),
('PERM_006', 'services', 'write'),
('PERM_007', 'groups', 'read'),
('PERM_008', 'groups', 'write'),
('PERM_009', 'sla_definitions', 'read'),
('PERM_010', 'sla_definitions', 'write'),
('PERM_011', 'incident_templates', 'read'),
('PERM_012', 'incident_templates', 'write'),
('PERM_013', 'changes', 'read'),
('PERM_014', 'changes', 'write'),
('PERM_015', 'problems', 'read'),
('PERM_016', 'problems', 'write'),
('PERM_017', 'knowledge', 'read'),
('PERM_018', 'knowledge', 'write'),
('PERM_019', 'configuration_items', 'read'),
('PERM_020', 'configuration_items', 'write'),
('PERM_021', 'notifications', 'read'),
('PERM_022', 'notifications', 'write'),
('PERM_023', 'incidents', 'read'),
('PERM_024', 'incidents', 'write');

-- role_permission (48)
INSERT INTO role_permission (role_id, perm_id) VALUES
('ROLE_002', 'PERM_001'),
('ROLE_003', 'PERM_001'),
('ROLE_004', 'PERM_001'),
('ROLE_001', 'PERM_002'),
('ROLE_002', 'PERM_003'),
('ROLE_003', 'PERM_003'),
('ROLE_004', 'PERM_003'),
('ROLE_001', 'PERM_004'),
('ROLE_002', 'PERM_005'),
('ROLE_003', 'PERM_005'),
('ROLE_004', 'PERM_005'),
('ROLE_001', 'PERM_006'),
('ROLE_003', 'PERM_007'),
('ROLE_004', 'PERM_007'),
('ROLE_001', 'PERM_008'),
('ROLE_002', 'PERM_008'),
('ROLE_003', 'PERM_009'),
('ROLE_004', 'PERM_009'),
('ROLE_001', 'PERM_010'),
('ROLE_002', 'PERM_010'),
('ROLE_003', 'PERM_011'),
('ROLE_004', 'PERM_011'),
('ROLE_001', 'PERM_012'),
('ROLE_002', 'PERM_012'),
('ROLE_004', 'PERM_013'),
('ROLE_001', 'PERM_014'),
('ROLE_002', 'PERM_014'),
('ROLE_003', 'PERM_014'),
('ROLE_004', 'PERM_015'),
('ROLE_001', 'PERM_016'),
('ROLE_002', 'PERM_016'),
('ROLE_003', 'PERM_016'),
('ROLE_004', 'PERM_017'),
('ROLE_001', 'PERM_018'),
('ROLE_002', 'PERM_018'),
('ROLE_003', 'PERM_018'),
('ROLE_004', 'PERM_019'),
('ROLE_001', 'PERM_020'),
('ROLE_002', 'PERM_020'),
('ROLE_003', 'PERM_020'),
('ROLE_004', 'PERM_021'),
('ROLE_001', 'PERM_022'),
('ROLE_002', 'PERM_022'),
('ROLE_003', 'PERM_022'),
('ROLE_001', 'PERM_024'),
('ROLE_002', 'PERM_024'),
('ROLE_003', 'PERM_024'),
('ROLE_004', 'PERM_024');

-- location (4)
INSERT INTO location (location_id, name, plot_no, street, city, state, country, active, org_id, created_on, updated_on) VALUES
('LOC_001', 'Savannah Terminal Office', '18', 'Wharf Road', 'Savannah', 'Georgia', 'USA', TRUE, 'ORG_001', '2024-02-12 08:00:00', '2024-02-12 08:00:00'),
('LOC_002', 'Rotterdam Maasvlakte Desk', '204', 'Europaweg', 'Rotterdam', 'Zuid-Holland', 'Netherlands', TRUE, 'ORG_001', '2024-02-12 08:00:00', '2024-02-12 08:00:00'),
('LOC_003', 'Gdańsk Customs Desk', '7', 'Kontenerowa', 'Gdańsk', 'Pomorskie', 'Poland', TRUE, 'ORG_001', '2024-02-12 08:00:00', '2024-02-12 08:00:00'),
('LOC_004', 'Quayside Liverpool', '41', 'Strand Street', 'Liverpool', 'Merseyside', 'United Kingdom', TRUE, 'ORG_002', '2025-06-02 08:00:00', '2025-06-02 08:00:00');

-- users (19)
INSERT INTO users (user_id, user_name, first_name, last_name, email, phone, role, active, static_token, org_id, location_id, created_on, updated_on) VALUES
('USER_001', 'desmond.achebe', 'Desmond', 'Achebe', 'desmond.achebe@harborline.example', '+1-912-555-0101', 'admin', TRUE, 'token-desmond-achebe', 'ORG_001', 'LOC_001', '2024-10-30 08:00:00', '2024-10-30 08:00:00'),
('USER_002', 'mei.tanaka', 'Mei', 'Tanaka', 'mei.tanaka@harborline.example', '+1-912-555-0102', 'manager', TRUE, 'token-mei-tanaka', 'ORG_001', 'LOC_001', '2024-09-25 08:00:00', '2024-09-25 08:00:00'),
('USER_003', 'sofie.devries', 'Sofie', 'de Vries', 'sofie.devries@harborline.example', '+1-912-555-0103', 'manager', TRUE, 'token-sofie-devries', 'ORG_001', 'LOC_002', '2024-04-04 08:00:00', '2024-04-04 08:00:00'),
('USER_004', 'priya.raghunathan', 'Priya', 'Raghunathan', 'priya.raghunathan@harborline.example', '+1-912-555-0104', 'agent', TRUE, 'token-priya-raghunathan', 'ORG_001', 'LOC_001', '2024-11-28 08:00:00', '2024-11-28 08:00:00'),
('USER_005', 'callum.byrne', 'Callum', 'Byrne', 'callum.byrne@harborline.example', '+1-912-555-0105', 'agent', TRUE, 'token-callum-byrne', 'ORG_001', 'LOC_001', '2024-03-21 08:00:00', '2024-03-21 08:00:00'),
('USER_006', 'jerome.pickett', 'Jerome', 'Pickett', 'jerome.pickett@harborline.example', '+1-912-555-0106', 'agent', FALSE, 'token-jerome-pickett', 'ORG_001', 'LOC_001', '2024-09-05 08:00:00', '2024-09-05 08:00:00'),
('USER_007', 'anouk.janssen', 'Anouk', 'Janssen', 'anouk.janssen@harborline.example', '+1-912-555-0107', 'agent', TRUE, 'token-anouk-janssen', 'ORG_001', 'LOC_002', '2024-06-28 08:00:00', '2024-06-28 08:00:00'),
('USER_008', 'viktor.dragan', 'Viktor', 'Dragan', 'viktor.dragan@harborline.example', '+1-912-555-0108', 'agent', TRUE, 'token-viktor-dragan', 'ORG_001', 'LOC_002', '2024-11-15 08:00:00', '2024-11-15 08:00:00'),
('USER_009', 'tomasz.wilk', 'Tomasz', 'Wilk', 'tomasz.wilk@harborline.example', '+1-912-555-0109', 'agent', TRUE, 'token-tomasz-wilk', 'ORG_001', 'LOC_003', '2024-05-09 08:00:00', '2024-05-09 08:00:00'),
('USER_010', 'ingrid.solheim', 'Ingrid', 'Solheim', 'ingrid.solheim@harborline.example', '+1-912-555-0110', 'reporter', TRUE, 'token-ingrid-solheim', 'ORG_001', 'LOC_001', '2024-07-20 08:00:00', '2024-07-20 08:00:00'),
('USER_011', 'keisha.broussard', 'Keisha', 'Broussard', 'keisha.broussard@harborline.example', '+1-912-555-0111', 'reporter', TRUE, 'token-keisha-broussard', 'ORG_001', 'LOC_001', '2024-08-19 08:00:00', '2024-08-19 08:00:00'),
('USER_012', 'oluwaseun.adeyemi', 'Oluwaseun', 'Adeyemi', 'oluwaseun.adeyemi@harborline.example', '+1-912-555-0112', 'reporter', TRUE, 'token-oluwaseun-adeyemi', 'ORG_001', 'LOC_001', '2024-11-08 08:00:00', '2024-11-08 08:00:00'),
('USER_013', 'grace.whitfield', 'Grace', 'Whitfield', 'grace.whitfield@harborline.example', '+1-912-555-0113', 'reporter', TRUE, 'token-grace-whitfield', 'ORG_001', 'LOC_001', '2024-11-06 08:00:00', '2024-11-06 08:00:00'),
('USER_014', 'matteo.ricci', 'Matteo', 'Ricci', 'matteo.ricci@harborline.example', '+1-912-555-0114', 'reporter', TRUE, 'token-matteo-ricci', 'ORG_001', 'LOC_002', '2024-09-26 08:00:00', '2024-09-26 08:00:00'),
('USER_015', 'hana.nowak', 'Hana', 'Nowak', 'hana.nowak@harborline.example', '+1-912-555-0115', 'reporter', TRUE, 'token-hana-nowak', 'ORG_001', 'LOC_003', '2024-11-22 08:00:00', '2024-11-22 08:00:00'),
('USER_016', 'rosalind.pryce', 'Rosalind', 'Pryce', 'rosalind.pryce@quayside.example', '+44-151-555-0101', 'manager', TRUE, 'token-rosalind-pryce', 'ORG_002', 'LOC_004', '2025-11-01 08:00:00', '2025-11-01 08:00:00'),
('USER_017', 'dmitri.volkov', 'Dmitri', 'Volkov', 'dmitri.volkov@quayside.example', '+44-151-555-0102', 'agent', TRUE, 'token-dmitri-volkov', 'ORG_002', 'LOC_004', '2025-08-21 08:00:00', '2025-08-21 08:00:00'),
('USER_018', 'amara.nwosu', 'Amara', 'Nwosu', 'amara.nwosu@quayside.example', '+44-151-555-0103', 'reporter', TRUE, 'token-amara-nwosu', 'ORG_002', 'LOC_004', '2025-08-17 08:00:00', '2025-08-17 08:00:00'),
('USER_019', 'callista.byrne', 'Callista', 'Byrne', 'callista.byrne@quayside.example', '+44-151-555-0104', 'reporter', TRUE, 'token-callista-byrne', 'ORG_002', 'LOC_004', '2025-12-10 08:00:00', '2025-12-10 08:00:00');

-- user_role (19)
INSERT INTO user_role (user_id, role_id, org_id) VALUES
('USER_001', 'ROLE_001', 'ORG_001'),
('USER_002', 'ROLE_002', 'ORG_001'),
('USER_003', 'ROLE_002', 'ORG_001'),
('USER_004', 'ROLE_003', 'ORG_001'),
('USER_005', 'ROLE_003', 'ORG_001'),
('USER_006', 'ROLE_003', 'ORG_001'),
('USER_007', 'ROLE_003', 'ORG_001'),
('USER_008', 'ROLE_003', 'ORG_001'),
('USER_009', 'ROLE_003', 'ORG_001'),
('USER_010', 'ROLE_004', 'ORG_001'),
('USER_011', 'ROLE_004', 'ORG_001'),
('USER_012', 'ROLE_004', 'ORG_001'),
('USER_013', 'ROLE_004', 'ORG_001'),
('USER_014', 'ROLE_004', 'ORG_001'),
('USER_015', 'ROLE_004', 'ORG_001'),
('USER_016', 'ROLE_002', 'ORG_002'),
('USER_017', 'ROLE_003', 'ORG_002'),
('USER_018', 'ROLE_004', 'ORG_002'),
('USER_019', 'ROLE_004', 'ORG_002');

-- user_group (6)
INSERT INTO user_group (group_id, name, type, active, email, description, manager_id, org_id, created_on, updated_on) VALUES
('GROUP_001', 'Harborline Service Desk', 'Service Desk', TRUE, 'desk@harborline.example', 'First contact for everybody at Harborline, on call from 06:00 to 22:00.', 'USER_002', 'ORG_001', '2024-02-22 08:00:00', '2024-02-22 08:00:00'),
('GROUP_002', 'Port Field Support', 'Field Support Technicians', TRUE, 'field@harborline.example', 'Hands on the quay: kiosks, printers, scanners, laptops.', 'USER_002', 'ORG_001', '2024-02-22 08:00:00', '2024-02-22 08:00:00'),
('GROUP_003', 'Terminal Systems', 'IT Support', TRUE, 'systems@harborline.example', 'Runs the terminal operating system, its databases and the port network.', 'USER_003', 'ORG_001', '2024-02-22 08:00:00', '2024-02-22 08:00:00'),
('GROUP_004', 'Terminal Problem Board', 'Infrastructure Problem Team', TRUE, 'problems@harborline.example', 'Finds the cause behind faults that come back.', 'USER_003', 'ORG_001', '2024-02-22 08:00:00', '2024-02-22 08:00:00'),
('GROUP_005', 'Quayside Help Point', 'Service Desk', TRUE, 'desk@quayside.example', 'One desk for everything at Quayside.', 'USER_016', 'ORG_002', '2025-06-12 08:00:00', '2025-06-12 08:00:00'),
('GROUP_006', 'Quayside On-site Help', 'Field Support Technicians', TRUE, 'field@quayside.example', 'Visits desks in Liverpool on Tuesdays and Thursdays.', 'USER_016', 'ORG_002', '2025-06-12 08:00:00', '2025-06-12 08:00:00');

-- user_group_member (13)
INSERT INTO user_group_member (member_id, group_id, user_id, org_id, created_on, updated_on) VALUES
('MEMBER_001', 'GROUP_001', 'USER_004', 'ORG_001', '2024-11-28 08:00:00', '2024-11-28 08:00:00'),
('MEMBER_002', 'GROUP_001', 'USER_005', 'ORG_001', '2024-03-21 08:00:00', '2024-03-21 08:00:00'),
('MEMBER_003', 'GROUP_001', 'USER_006', 'ORG_001', '2024-09-05 08:00:00', '2024-09-05 08:00:00'),
('MEMBER_004', 'GROUP_002', 'USER_005', 'ORG_001', '2024-03-21 08:00:00', '2024-03-21 08:00:00'),
('MEMBER_005', 'GROUP_002', 'USER_009', 'ORG_001', '2024-05-09 08:00:00', '2024-05-09 08:00:00'),
('MEMBER_006', 'GROUP_002', 'USER_006', 'ORG_001', '2024-09-05 08:00:00', '2024-09-05 08:00:00'),
('MEMBER_007', 'GROUP_003', 'USER_007', 'ORG_001', '2024-06-28 08:00:00', '2024-06-28 08:00:00'),
('MEMBER_008', 'GROUP_003', 'USER_008', 'ORG_001', '2024-11-15 08:00:00', '2024-11-15 08:00:00'),
('MEMBER_009', 'GROUP_004', 'USER_008', 'ORG_001', '2024-11-15 08:00:00', '2024-11-15 08:00:00'),
('MEMBER_010', 'GROUP_004', 'USER_007', 'ORG_001', '2024-06-28 08:00:00', '2024-06-28 08:00:00'),
('MEMBER_011', 'GROUP_004', 'USER_003', 'ORG_001', '2024-04-04 08:00:00', '2024-04-04 08:00:00'),
('MEMBER_012', 'GROUP_005', 'USER_017', 'ORG_002', '2025-08-21 08:00:00', '2025-08-21 08:00:00'),
('MEMBER_013', 'GROUP_006', 'USER_017', 'ORG_002', '2025-08-21 08:00:00', '2025-08-21 08:00:00');

-- service (9)
INSERT INTO service (service_id, name, description, owned_by, org_id, used_for, status, service_classification, business_criticality, created_on, updated_on) VALUES
('SVC_001', 'Harborline Mail', 'Mailboxes, calendars and shared mailboxes.', 'USER_001', 'ORG_001', 'production', 'operational', 'business', 'somewhat-critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVC_002', 'Port Network', 'Quay Wi-Fi, office network and remote access of all three sites.', 'USER_003', 'ORG_001', 'production', 'operational', 'technology-management', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVC_003', 'Workplace Computing', 'Laptops, docks, printers and the programs on them.', 'USER_002', 'ORG_001', 'production', 'operational', 'business', 'somewhat-critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVC_004', 'Sign-in and Access', 'Accounts, second factors and door badges.', 'USER_001', 'ORG_001', 'production', 'operational', 'technology-management', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVC_005', 'Terminal Operating System', 'Plans berths, cranes and container moves; without it the yard stands still.', 'USER_003', 'ORG_001', 'production', 'operational', 'application', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVC_006', 'Gate Automation', 'Kiosks, cameras and barriers that let trucks in and out.', 'USER_002', 'ORG_001', 'production', 'operational', 'application', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVC_007', 'Quayside Office Network', 'Network and telephones of the Liverpool office.', 'USER_016', 'ORG_002', 'production', 'operational', 'technology-management', 'somewhat-critical', '2025-06-22 08:00:00', '2025-06-22 08:00:00'),
('SVC_008', 'Quayside Accounts', 'Sign-in for brokers.', 'USER_016', 'ORG_002', 'production', 'operational', 'business', 'critical', '2025-06-22 08:00:00', '2025-06-22 08:00:00'),
('SVC_009', 'Declaration Portal', 'Files import and export declarations with the authorities.', 'USER_016', 'ORG_002', 'production', 'operational', 'application', 'critical', '2025-06-22 08:00:00', '2025-06-22 08:00:00');

-- service_offering (12)
INSERT INTO service_offering (service_offering_id, name, short_description, business_service, description, owned_by, org_id, used_for, status, service_classification, business_criticality, created_on, updated_on) VALUES
('SVCOFF_001', 'Mailbox Standard', 'Mailbox with 50 GB and a calendar', 'SVC_001', 'Mailbox with 50 GB and a calendar. Part of Harborline Mail.', 'USER_001', 'ORG_001', 'production', 'operational', 'business', 'somewhat-critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_002', 'Remote Access', 'Tunnel from outside into the port network', 'SVC_002', 'Tunnel from outside into the port network. Part of Port Network.', 'USER_003', 'ORG_001', 'production', 'operational', 'technology-management', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_003', 'Quay Wi-Fi', 'Wireless cover for scanners and vehicles', 'SVC_002', 'Wireless cover for scanners and vehicles. Part of Port Network.', 'USER_003', 'ORG_001', 'production', 'operational', 'technology-management', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_004', 'Executive Laptop Care', 'Same-hour exchange for the board', 'SVC_003', 'Same-hour exchange for the board. Part of Workplace Computing.', 'USER_002', 'ORG_001', 'production', 'operational', 'business', 'somewhat-critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_005', 'Standard Laptop', 'Laptop with dock and headset', 'SVC_003', 'Laptop with dock and headset. Part of Workplace Computing.', 'USER_002', 'ORG_001', 'production', 'operational', 'business', 'somewhat-critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_006', 'Second Factor', 'Authenticator enrolment and recovery', 'SVC_004', 'Authenticator enrolment and recovery. Part of Sign-in and Access.', 'USER_001', 'ORG_001', 'production', 'operational', 'technology-management', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_007', 'Berth Planning', 'Vessel windows and crane shifts', 'SVC_005', 'Vessel windows and crane shifts. Part of Terminal Operating System.', 'USER_003', 'ORG_001', 'production', 'operational', 'application', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_008', 'Manifest Exchange', 'EDI with shipping lines and customs', 'SVC_005', 'EDI with shipping lines and customs. Part of Terminal Operating System.', 'USER_003', 'ORG_001', 'production', 'operational', 'application', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_009', 'Truck Self Check-in', 'Drivers register at the lane kiosk', 'SVC_006', 'Drivers register at the lane kiosk. Part of Gate Automation.', 'USER_002', 'ORG_001', 'production', 'operational', 'application', 'critical', '2024-03-03 08:00:00', '2024-03-03 08:00:00'),
('SVCOFF_010', 'Office Telephony', 'Desk phones and the reception line', 'SVC_007', 'Desk phones and the reception line. Part of Quayside Office Network.', 'USER_016', 'ORG_002', 'production', 'operational', 'technology-management', 'somewhat-critical', '2025-06-22 08:00:00', '2025-06-22 08:00:00'),
('SVCOFF_011', 'Broker Account', 'Account with customs portal access', 'SVC_008', 'Account with customs portal access. Part of Quayside Accounts.', 'USER_016', 'ORG_002', 'production', 'operational', 'business', 'critical', '2025-06-22 08:00:00', '2025-06-22 08:00:00'),
('SVCOFF_012', 'Import Declarations', 'Entry summary and release', 'SVC_009', 'Entry summary and release. Part of Declaration Portal.', 'USER_016', 'ORG_002', 'production', 'operational', 'application', 'critical', '2025-06-22 08:00:00', '2025-06-22 08:00:00');

-- configuration_item (30)
INSERT INTO configuration_item (configuration_item_id, name, serial_number, owner_id, location_id, status, cost, org_id, created_on, updated_on) VALUES
('CI_001', 'Gate 1 Lane Kiosk', 'HLF-KSK-2201', 'USER_002', 'LOC_001', 'in_use', 6400, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_002', 'Gate 3 Lane Kiosk', 'HLF-KSK-2203', 'USER_002', 'LOC_001', 'in_use', 6400, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_003', 'TOS Database Node A', 'HLF-SRV-0107', 'USER_003', 'LOC_002', 'in_use', 23800, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_004', 'Quay Core Switch', 'HLF-NET-0031', 'USER_003', 'LOC_001', 'in_use', 14250, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_005', 'Yard Label Printer 2', 'HLF-PRN-0412', 'USER_002', 'LOC_001', 'in_use', 1180, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_006', 'Handheld Scanner 17', 'HLF-HHS-0017', 'USER_002', 'LOC_001', 'in_use', 945.5, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_007', 'Reefer Monitoring Gateway', 'HLF-IOT-0066', 'USER_003', 'LOC_001', 'in_use', 3720, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_008', 'ThinkPad X1 Carbon, pool 1', 'HLF-LT-9001', 'USER_002', 'LOC_001', 'in_stock', 1890, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_009', 'ThinkPad X1 Carbon, pool 2', 'HLF-LT-9002', 'USER_002', 'LOC_002', 'in_stock', 1890, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_010', 'Latitude 5450, pool 3', 'HLF-LT-9003', 'USER_002', 'LOC_001', 'maintenance', 1285, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_011', 'Gate 2 Lane Kiosk', 'HLF-KSK-1902', 'USER_002', 'LOC_001', 'retired', 5100, 'ORG_001', '2024-03-08 08:00:00', '2024-03-08 08:00:00'),
('CI_012', 'ThinkPad T14 of Desmond Achebe', 'HLF-LT-1001', 'USER_001', 'LOC_001', 'in_use', 1340, 'ORG_001', '2024-06-03 08:00:00', '2024-06-03 08:00:00'),
('CI_013', 'ThinkPad T14 of Mei Tanaka', 'HLF-LT-1002', 'USER_002', 'LOC_001', 'in_use', 1340, 'ORG_001', '2024-10-27 08:00:00', '2024-10-27 08:00:00'),
('CI_014', 'MacBook Air 13 of Sofie de Vries', 'HLF-LT-1003', 'USER_003', 'LOC_002', 'in_use', 1249, 'ORG_001', '2024-05-26 08:00:00', '2024-05-26 08:00:00'),
('CI_015', 'MacBook Air 13 of Priya Raghunathan', 'HLF-LT-1004', 'USER_004', 'LOC_001', 'in_use', 1249, 'ORG_001', '2024-10-24 08:00:00', '2024-10-24 08:00:00'),
('CI_016', 'Latitude 5450 of Callum Byrne', 'HLF-LT-1005', 'USER_005', 'LOC_001', 'in_use', 1285, 'ORG_001', '2024-05-04 08:00:00', '2024-05-04 08:00:00'),
('CI_017', 'ThinkPad T14 of Anouk Janssen', 'HLF-LT-1007', 'USER_007', 'LOC_002', 'in_use', 1340, 'ORG_001', '2024-10-25 08:00:00', '2024-10-25 08:00:00'),
('CI_018', 'MacBook Air 13 of Viktor Dragan', 'HLF-LT-1008', 'USER_008', 'LOC_002', 'in_use', 1249, 'ORG_001', '2024-09-21 08:00:00', '2024-09-21 08:00:00'),
('CI_019', 'Surface Laptop 6 of Tomasz Wilk', 'HLF-LT-1009', 'USER_009', 'LOC_003', 'in_use', 1520, 'ORG_001', '2024-11-22 08:00:00', '2024-11-22 08:00:00'),
('CI_020', 'Surface Laptop 6 of Ingrid Solheim', 'HLF-LT-1010', 'USER_010', 'LOC_001', 'in_use', 1520, 'ORG_001', '2024-05-09 08:00:00', '2024-05-09 08:00:00'),
('CI_021', 'ThinkPad X1 Carbon of Keisha Broussard', 'HLF-LT-1011', 'USER_011', 'LOC_001', 'in_use', 1890, 'ORG_001', '2024-12-10 08:00:00', '2024-12-10 08:00:00'),
('CI_022', 'ThinkPad X1 Carbon of Oluwaseun Adeyemi', 'HLF-LT-1012', 'USER_012', 'LOC_001', 'in_use', 1890, 'ORG_001', '2025-01-05 08:00:00', '2025-01-05 08:00:00'),
('CI_023', 'MacBook Air 13 of Grace Whitfield', 'HLF-LT-1013', 'USER_013', 'LOC_001', 'in_use', 1249, 'ORG_001', '2024-03-14 08:00:00', '2024-03-14 08:00:00'),
('CI_024', 'Latitude 5450 of Matteo Ricci', 'HLF-LT-1014', 'USER_014', 'LOC_002', 'in_use', 1285, 'ORG_001', '2024-03-21 08:00:00', '2024-03-21 08:00:00'),
('CI_025', 'MacBook Air 13 of Hana Nowak', 'HLF-LT-1015', 'USER_015', 'LOC_003', 'in_use', 1249, 'ORG_001', '2024-10-27 08:00:00', '2024-10-27 08:00:00'),
('CI_026', 'Declaration Gateway Server', 'QCB-SRV-0003', 'USER_016', 'LOC_004', 'in_use', 8700, 'ORG_002', '2025-06-27 08:00:00', '2025-06-27 08:00:00'),
('CI_027', 'EliteBook 840 of Rosalind Pryce', 'QCB-LT-1001', 'USER_016', 'LOC_004', 'in_use', 1410, 'ORG_002', '2026-02-14 08:00:00', '2026-02-14 08:00:00'),
('CI_028', 'ThinkPad X1 Carbon of Dmitri Volkov', 'QCB-LT-1002', 'USER_017', 'LOC_004', 'in_use', 1890, 'ORG_002', '2025-08-27 08:00:00', '2025-08-27 08:00:00'),
('CI_029', 'Latitude 5450 of Amara Nwosu', 'QCB-LT-1003', 'USER_018', 'LOC_004', 'in_use', 1285, 'ORG_002', '2026-01-27 08:00:00', '2026-01-27 08:00:00'),
('CI_030', 'Latitude 5450 of Callista Byrne', 'QCB-LT-1004', 'USER_019', 'LOC_004', 'in_use', 1285, 'ORG_002', '2026-02-20 08:00:00', '2026-02-20 08:00:00');

-- sla_definition (9)
INSERT INTO sla_definition (sla_def_id, name, metric, target_mins, pause_on_pending, applies_to_priority, active, schedule, org_id, created_on, updated_on) VALUES
('SLA_001', 'Harborline critical response', 'response', 15, FALSE, 'critical', TRUE, '24x7', 'ORG_001', '2024-03-23 08:00:00', '2024-03-23 08:00:00'),
('SLA_002', 'Harborline critical resolution', 'resolution', 240, TRUE, 'critical', TRUE, '24x7', 'ORG_001', '2024-03-23 08:00:00', '2024-03-23 08:00:00'),
('SLA_003', 'Harborline high response', 'response', 30, FALSE, 'high', TRUE, '24x7', 'ORG_001', '2024-03-23 08:00:00', '2024-03-23 08:00:00'),
('SLA_004', 'Harborline high resolution', 'resolution', 480, TRUE, 'high', TRUE, '24x7', 'ORG_001', '2024-03-23 08:00:00', '2024-03-23 08:00:00'),
('SLA_005', 'Harborline moderate resolution', 'resolution', 1440, TRUE, 'moderate', TRUE, 'business-hours', 'ORG_001', '2024-03-23 08:00:00', '2024-03-23 08:00:00'),
('SLA_006', 'Harborline low resolution', 'resolution', 4320, TRUE, 'low', TRUE, 'business-hours', 'ORG_001', '2024-03-23 08:00:00', '2024-03-23 08:00:00'),
('SLA_007', 'Quayside critical response', 'response', 30, FALSE, 'critical', TRUE, '24x7', 'ORG_002', '2025-07-12 08:00:00', '2025-07-12 08:00:00'),
('SLA_008', 'Quayside critical resolution', 'resolution', 480, TRUE, 'critical', TRUE, '24x7', 'ORG_002', '2025-07-12 08:00:00', '2025-07-12 08:00:00'),
('SLA_009', 'Quayside high resolution', 'resolution', 960, TRUE, 'high', TRUE, '24x7', 'ORG_002', '2025-07-12 08:00:00', '2025-07-12 08:00:00');

-- incident_template (3)
INSERT INTO incident_template (incident_template_id, name, active, caller_id, channel, short_description, category, impact, urgency, priority, configuration_item, service, service_offering, org_id, created_at, updated_at) VALUES
('TMPL_001', 'Lane kiosk out of order', TRUE, 'USER_011', 'phone', 'Gate kiosk out of order', 'hardware', 'high', 'medium', 'high', 'CI_001', 'SVC_006', 'SVCOFF_009', 'ORG_001', '2024-04-02 08:00:00', '2024-04-02 08:00:00'),
('TMPL_002', 'New starter at Harborline', TRUE, 'USER_013', 'self-service', 'Equipment and accounts for a new starter', 'inquiry-help', 'low', 'medium', 'low', NULL, 'SVC_003', 'SVCOFF_005', 'ORG_001', '2024-04-02 08:00:00', '2024-04-02 08:00:00'),
('TMPL_003', 'Declaration portal rejects entry', TRUE, 'USER_018', 'email', 'Declaration rejected by the portal', 'software', 'medium', 'high', 'high', 'CI_026', 'SVC_009', 'SVCOFF_012', 'ORG_002', '2025-07-22 08:00:00', '2025-07-22 08:00:00');

-- knowledge (7)
INSERT INTO knowledge (knowledge_id, kb_number, title, short_description, body, state, visibility, owner_id, org_id, created_on, updated_on) VALUES
('KB_001', 'KB0000001', 'Remote access drops or will not connect', 'Three checks for the tunnel, in the order that finds most faults.', '1. Ask for the client version; anything below 7.4 is updated first.
2. Switch the profile from IPsec to TLS: many home routers break IPsec rekeying.
3. Have the caller run the built-in diagnosis and attach the bundle to the ticket.
If all three fail, hand over to Terminal Systems with the bundle. Do not open ports on home routers by remote control.', 'published', 'internal', 'USER_004', 'ORG_001', '2024-08-02 10:07:00', '2024-10-20 10:07:00'),
('KB_002', 'KB0000002', 'Moving the authenticator to a new phone', 'How to enrol a new phone and when a bypass is allowed.', 'Check the person first: video call with badge, or call-back to the manager on file.
Remove the old factor, then enrol the new phone while the caller is on the line.
A bypass lasts one day at most and is written into the work notes. Never send a code by mail.', 'published', 'external', 'USER_004', 'ORG_001', '2024-07-12 08:49:00', '2024-07-13 08:49:00'),
('KB_003', 'KB0000003', 'Laptop does not start: exchange or repair', 'Decision table for dead laptops and the same-hour exchange.', 'Hold power for 30 seconds without the charger, then try again with another charger.
Still dead: mark the machine as ''maintenance'' and open an incident with the machine as its item.
Executive Laptop Care: hand out a pool machine of the same site at once (status ''in_stock''), make the person its owner and set it to ''in_use''.
The disk stays encrypted; data comes back from the team drive, not from the old machine.', 'published', 'internal', 'USER_005', 'ORG_001', '2024-11-13 08:48:00', '2024-12-11 08:48:00'),
('KB_004', 'KB0000004', 'Gate kiosk hangs at the booking number', 'Restart order for lane kiosks without closing the lane.', 'Switch the lane to manual in Gate Automation. Restart the kiosk service, then the camera, then the barrier controller.
Wait for ''ready'' on the lane display before the next truck is called.
If it hangs again within an hour, open one incident for the lane and link every further report to it as a child.', 'published', 'internal', 'USER_005', 'ORG_001', '2025-01-18 08:28:00', '2025-02-21 08:28:00'),
('KB_005', 'KB0000005', 'Terminal Operating System is slow at vessel cut-off', 'What to look at first when planning screens take longer than ten seconds.', 'Look at lock waits on Database Node A. If the statistics job runs, stop it: it restarts at night by itself.
Ask planners to close unused berth views; each holds a session.
The lasting fix is a database patch, see the problem record.', 'review', 'internal', 'USER_008', 'ORG_001', '2024-07-29 14:42:00', '2024-09-02 14:42:00'),
('KB_006', 'KB0000006', 'Handheld scanner will not pair with the vehicle terminal', 'Factory reset and pairing by barcode.', 'Hold trigger and power for twelve seconds until it beeps twice. Scan barcode A (reset), then barcode B (pair) on the terminal''s side.
A scanner that forgets its pairing within a day has a worn battery contact: exchange it.', 'draft', 'internal', 'USER_005', 'ORG_001', '2024-09-05 15:08:00', '2024-11-01 15:08:00'),
('KB_007', 'KB0000007', 'Declaration comes back with a goods code error', 'Goods codes change every January and July.', 'Compare the code with the authority''s list of the declaration date, not of today.
If the code is right, clear the portal''s cache under Settings > Tariff and send again.
Three failures in a row: call the authority''s helpline, quote the message reference.', 'published', 'internal', 'USER_017', 'ORG_002', '2025-11-23 15:43:00', '2026-01-14 15:43:00');

-- problem (3)
INSERT INTO problem (problem_id, number, problem_statement, short_description, opened_by, service, service_offering, configuration_item, assigned_to, assignment_group, original_task, org_id, status, category, worknotes, workaround, fix_notes, impact, urgency, priority, created_on, updated_on) VALUES
('PRB_001', 'PRB0000001', 'Lock waits on TOS Database Node A stop berth planning at vessel cut-off', 'Statistics job and planning screens block each other since the October release', 'USER_007', 'SVC_005', NULL, 'CI_003', 'USER_008', 'GROUP_004', 'INC_014', 'ORG_001', 'root_cause', 'database', 'Vendor confirms a missing index hint in 11.2; patch 11.2.4 carries it. Tested on the copy since 9 November.', 'Stop the statistics job before cut-off and start it again after 22:00.', NULL, 'high', 'medium', 'high', '2026-10-30 09:00:00', '2026-11-01 12:00:00'),
('PRB_002', 'PRB0000002', 'Scanners lose the quay Wi-Fi when vehicles change rows', 'Roaming between access points takes up to nine seconds', 'USER_008', 'SVC_002', NULL, 'CI_004', 'USER_007', 'GROUP_004', NULL, 'ORG_001', 'assess', 'network', 'Drive test with three scanners planned; row C has two access points on one channel.', NULL, NULL, 'medium', 'low', 'low', '2026-11-06 11:25:00', '2026-11-08 14:25:00'),
('PRB_003', 'PRB0000003', 'Signature cards with the 2026 chip are not recognised by the declaration portal', 'Card middleware predates the new chip', 'USER_017', 'SVC_009', NULL, 'CI_026', 'USER_017', 'GROUP_005', 'INC_018', 'ORG_002', 'root_cause', 'software', 'Vendor''s build 4.2 reads the new chip, promised for the last week of November.', 'Sign with the old card, it stays valid until 31 January.', NULL, 'medium', 'medium', 'moderate', '2026-11-17 10:05:00', '2026-11-19 13:05:00');

-- change (3)
INSERT INTO change (change_id, number, short_description, requested_by, service, service_offering, configuration_item, assigned_to, assignment_group, org_id, status, category, description, implementation_plan, testing_plan, close_notes, cab_required, impact, priority, risk, close_code, created_on, updated_on) VALUES
('CHG_001', 'CHG0000001', 'Firmware 5.8 on the quay core switch', 'USER_003', 'SVC_002', NULL, 'CI_004', 'USER_008', 'GROUP_003', 'ORG_001', 'closed', 'network', 'Closes two security holes named by the vendor. CAB approved 2026-10-08.', 'Night shift, one stack member at a time, crane tablets watched.', 'Ping all cranes and gateways after each member.', 'Ports failed after an hour; rolled back to 5.6 on 14 October.', TRUE, 'high', 'high', 'high', 'unsuccessful', '2026-10-05 09:15:00', '2026-10-14 10:15:00'),
('CHG_002', 'CHG0000002', 'Move gate kiosks to the new driver image', 'USER_002', 'SVC_006', NULL, 'CI_001', 'USER_009', 'GROUP_002', 'ORG_001', 'scheduled', 'system_software', 'Windows image of 2023 runs out of support in January.', 'One lane each night, lane on manual meanwhile.', 'Twenty check-ins by the yard team before the lane opens.', NULL, FALSE, 'medium', 'moderate', 'low', NULL, '2026-11-09 10:00:00', '2026-11-18 11:00:00'),
('CHG_003', 'CHG0000003', 'Install TOS database patch 11.2.4 on Node A', 'USER_008', 'SVC_005', NULL, 'CI_003', 'USER_007', 'GROUP_003', 'ORG_001', 'authorize', 'software', 'Brings the index hint against lock waits; needs forty minutes without planners.', 'Drain sessions, back up, patch Node A, rebuild statistics, open for planners.', 'Replay of Tuesday''s cut-off on the copy; save a shift plan under load.', NULL, TRUE, 'high', 'high', 'medium', NULL, '2026-11-10 13:30:00', '2026-11-19 14:30:00');

-- incident (27)
INSERT INTO incident (incident_id, number, short_description, caller_id, service, service_offering, configuration_item, assignment_group, problem, change_request, caused_by_change, incident_template, parent_incident, org_id, channel, contact_type, category, description, impact, urgency, priority, created_at, assigned_to, resolved_by, status, worknotes, resolution_notes, resolution_code, close_notes, on_hold_reason, resolved, updated_at) VALUES
('INC_001', 'INC-000001', 'Suspicious invoice mail, link was clicked', 'USER_010', 'SVC_001', NULL, NULL, 'GROUP_003', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'inquiry-help', 'Mail looked like our carrier''s invoice. Link opened a sign-in page; no password typed.', 'medium', 'high', 'high', '2026-09-01 15:06:47', 'USER_008', 'USER_008', 'closed', 'Link opened in a sandbox: credential page, no download. Nine more people got the mail.', 'Mail pulled from all mailboxes, sender blocked, no sign of misuse.', 'Solution Provided', 'Ingrid answered the survey: solved.', NULL, '2026-09-01 18:52:04', '2026-09-04 01:17:04'),
('INC_002', 'INC-000002', 'Laptop battery lasts twenty minutes', 'USER_015', 'SVC_003', NULL, 'CI_025', 'GROUP_002', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'hardware', 'Switches off in meetings although it shows 60 percent.', 'low', 'low', 'planning', '2026-09-10 11:12:19', 'USER_005', 'USER_005', 'closed', 'Battery report says 31 percent of design capacity after 1,140 cycles.', 'Battery exchanged under warranty.', 'Solution Provided', 'Hana confirmed by phone, nothing left open.', NULL, '2026-09-13 12:34:52', '2026-09-16 17:10:52'),
('INC_003', 'INC-000003', 'Account locked after holiday, cannot sign in', 'USER_018', 'SVC_008', NULL, NULL, 'GROUP_005', NULL, NULL, NULL, NULL, NULL, 'ORG_002', 'phone', 'phone', 'password-reset', 'Back after three weeks, the password had expired and the reset page does not know the phone.', 'low', 'high', 'moderate', '2026-09-23 07:29:00', 'USER_017', 'USER_017', 'closed', 'Identity checked by call-back to the manager on file.', 'Account unlocked, temporary password handed over, reset phone registered.', 'User error', 'Amara confirmed by phone, nothing left open.', NULL, '2026-09-23 19:59:35', '2026-09-27 00:47:35'),
('INC_004', 'INC-000004', 'Declarations rejected for valid goods codes', 'USER_018', 'SVC_009', 'SVCOFF_012', 'CI_026', 'GROUP_005', NULL, NULL, NULL, NULL, NULL, 'ORG_002', 'walk-in', 'walk_in', 'software', 'Nineteen imports bounced since the tariff update, brokers file on paper.', 'high', 'low', 'moderate', '2026-10-02 09:40:00', 'USER_017', 'USER_017', 'closed', 'Gateway still holds last half-year''s tariff.', 'Cache cleared and reloaded, all nineteen accepted on the second try.', 'Solution Provided', 'Amara answered the survey: solved.', NULL, '2026-10-02 19:29:52', '2026-10-05 02:00:52'),
('INC_005', 'INC-000005', 'Desk phone says ''registering'' and nothing more', 'USER_018', 'SVC_007', NULL, NULL, 'GROUP_006', NULL, NULL, NULL, NULL, NULL, 'ORG_002', 'virtual-agent', 'chat', 'network', 'No calls in or out since the desk move. Cable is plugged in.', 'low', 'medium', 'low', '2026-10-08 14:19:39', 'USER_017', 'USER_017', 'closed', 'Wall port is patched to the data VLAN only.', 'Port set to voice, phone registered at once.', 'Solution Provided', 'Amara confirmed by phone, nothing left open.', NULL, '2026-10-11 05:39:41', '2026-10-14 06:41:41'),
('INC_006', 'INC-000006', 'Supplier''s mails end up in quarantine', 'USER_013', 'SVC_001', NULL, NULL, 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'walk-in', 'walk_in', 'inquiry-help', 'Three quotations this month had to be released by hand.', 'low', 'low', 'planning', '2026-10-09 08:33:52', 'USER_004', 'USER_004', 'closed', 'Supplier''s domain has a broken SPF record.', 'Supplier told what to repair; sender allowed for thirty days meanwhile.', 'Workaround Provided', 'Grace answered the survey: solved.', NULL, '2026-10-13 13:45:08', '2026-10-14 14:31:08'),
('INC_007', 'INC-000007', 'Badge no longer opens the side entrance', 'USER_010', 'SVC_004', NULL, NULL, 'GROUP_002', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'hardware', 'Worked on Friday, red light since this morning; main entrance is fine.', 'low', 'medium', 'low', '2026-10-13 10:19:30', 'USER_005', 'USER_005', 'closed', 'Access profile lost a zone in last night''s import.', 'Zone added again and import rule corrected.', 'Solution Provided', 'Ingrid answered the survey: solved.', NULL, '2026-10-14 04:41:55', '2026-10-17 05:07:55'),
('INC_008', 'INC-000008', 'Crane tablets offline on the whole east quay', 'USER_011', 'SVC_005', NULL, 'CI_004', 'GROUP_002', NULL, NULL, 'CHG_001', NULL, NULL, 'ORG_001', 'walk-in', 'walk_in', 'hardware', 'Six cranes lost their job lists at once; crews work from paper.', 'high', 'high', 'critical', '2026-10-14 08:02:00', 'USER_009', 'USER_009', 'closed', 'Ports on the quay switch went down one by one after last night''s firmware.', 'Firmware rolled back, all cranes online at 11:20.', 'Resolved By Change', 'Keisha confirmed by phone, nothing left open.', NULL, '2026-10-14 11:20:00', '2026-10-17 13:48:00'),
('INC_009', 'INC-000009', 'No job list on crane 4', 'USER_015', 'SVC_005', NULL, NULL, 'GROUP_002', NULL, NULL, NULL, NULL, 'INC_008', 'ORG_001', 'walk-in', 'walk_in', 'hardware', 'Reported again while the team was already at work on it.', 'high', 'high', 'critical', '2026-10-14 08:17:00', 'USER_009', 'USER_009', 'closed', 'Same outage as the parent incident, linked to it.', 'Solved together with the parent incident.', 'Duplicate', 'Closed with the parent incident.', NULL, '2026-10-14 11:20:00', '2026-10-17 13:48:00'),
('INC_010', 'INC-000010', 'Cranes 7 and 8 show yesterday''s jobs', 'USER_015', 'SVC_005', NULL, NULL, 'GROUP_002', NULL, NULL, NULL, NULL, 'INC_008', 'ORG_001', 'walk-in', 'walk_in', 'hardware', 'Reported again while the team was already at work on it.', 'high', 'high', 'critical', '2026-10-14 08:31:00', 'USER_009', 'USER_009', 'closed', 'Same outage as the parent incident, linked to it.', 'Solved together with the parent incident.', 'Duplicate', 'Closed with the parent incident.', NULL, '2026-10-14 11:20:00', '2026-10-17 13:48:00'),
('INC_011', 'INC-000011', 'Folder deleted from the team drive', 'USER_010', 'SVC_003', NULL, NULL, 'GROUP_003', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'software', 'The whole ''Contracts 2026'' folder is gone since yesterday afternoon.', 'medium', 'medium', 'moderate', '2026-10-15 09:31:20', 'USER_007', 'USER_007', 'closed', 'Audit log: dragged into a neighbouring folder, then emptied by clean-up.', 'Restored from Tuesday''s backup, 412 files checked by the caller.', 'Solution Provided', 'No reply in three working days after the fix; closed.', NULL, '2026-10-16 23:53:36', '2026-10-19 03:59:36'),
('INC_012', 'INC-000012', 'Second screen stays black at the dock', 'USER_015', 'SVC_003', NULL, 'CI_025', 'GROUP_002', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'hardware', 'One of two monitors is not found since the move to the new desk.', 'low', 'low', 'planning', '2026-10-22 16:03:07', 'USER_009', 'USER_009', 'closed', 'Cable tested, the dock''s second port is dead.', 'Dock swapped, both screens fine.', 'Solution Provided', 'Hana answered the survey: solved.', NULL, '2026-10-24 07:42:23', '2026-10-26 09:12:23'),
('INC_013', 'INC-000013', 'VPN drops every few minutes from home', 'USER_010', 'SVC_002', NULL, 'CI_020', 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'phone', 'phone', 'network', 'Tunnel goes down about every ten minutes since Monday; the home line itself is stable.', 'low', 'medium', 'low', '2026-10-23 07:23:37', 'USER_004', 'USER_004', 'closed', 'Client log shows rekey time-outs; home router has an old IPsec helper switched on.', 'Moved the profile to the TLS tunnel; four hours without a drop.', 'Solution Provided', 'No reply in three working days after the fix; closed.', NULL, '2026-10-25 04:15:20', '2026-10-27 09:39:20'),
('INC_014', 'INC-000014', 'Berth planning screens take a minute at cut-off', 'USER_014', 'SVC_005', 'SVCOFF_007', 'CI_003', 'GROUP_003', 'PRB_001', NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'database', 'Since the October release each vessel cut-off makes planning almost unusable.', 'high', 'medium', 'high', '2026-10-29 15:10:00', 'USER_007', 'USER_007', 'closed', 'Lock waits on Node A while the statistics job runs. Job stopped by hand.', 'Statistics job stopped for the shift; see the problem for the lasting fix.', 'Workaround Provided', 'Matteo confirmed by phone, nothing left open.', NULL, '2026-10-29 20:56:33', '2026-10-31 23:15:33'),
('INC_015', 'INC-000015', 'Overtime export to payroll is empty', 'USER_013', 'SVC_003', NULL, NULL, 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'software', 'File for October has a header and no lines; pay run is on the 27th.', 'medium', 'medium', 'moderate', '2026-11-03 10:40:00', 'USER_005', 'USER_005', 'closed', 'Export filters on a cost centre that was renamed on 1 October.', 'Filter set to the new cost centre, file with 214 lines delivered.', 'Solution Provided', 'No reply in three working days after the fix; closed.', NULL, '2026-11-04 18:54:25', '2026-11-07 21:02:25'),
('INC_016', 'INC-000016', 'New phone, authenticator codes are refused', 'USER_012', 'SVC_004', NULL, NULL, 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'walk-in', 'walk_in', 'password-reset', 'Got a new phone at the weekend and wiped the old one before moving the authenticator.', 'low', 'medium', 'low', '2026-11-05 16:38:38', 'USER_004', 'USER_004', 'closed', 'Verified in a video call with badge shown.', 'Old factor removed, new phone enrolled together with the caller.', 'Solution Provided', 'Oluwaseun confirmed by phone, nothing left open.', NULL, '2026-11-08 03:23:46', '2026-11-11 03:55:46'),
('INC_017', 'INC-000017', 'Crane shift plan times out when saved', 'USER_014', 'SVC_005', 'SVCOFF_007', 'CI_003', 'GROUP_003', 'PRB_001', 'CHG_003', NULL, NULL, NULL, 'ORG_001', 'virtual-agent', 'chat', 'database', 'Saving the shift plan ends with ''deadlock victim'' two times out of three.', 'medium', 'high', 'high', '2026-11-12 14:05:00', 'USER_007', NULL, 'on_hold', 'Same lock waits as on 29 October, statistics job had been switched on again.', NULL, NULL, NULL, 'Awaiting Change', NULL, '2026-11-12 17:02:00'),
('INC_018', 'INC-000018', 'Signature card not recognised by the portal', 'USER_019', 'SVC_009', NULL, 'CI_026', 'GROUP_005', 'PRB_003', NULL, NULL, NULL, NULL, 'ORG_002', 'self-service', 'portal', 'software', 'New cards of two brokers are not seen; old cards work.', 'medium', 'medium', 'moderate', '2026-11-16 11:12:00', 'USER_017', NULL, 'on_hold', 'Card middleware does not know the new chip; vendor sends a build.', NULL, NULL, NULL, 'Awaiting Problem', NULL, '2026-11-16 14:44:00'),
('INC_019', 'INC-000019', 'Handheld scanner 17 loses its pairing', 'USER_011', 'SVC_005', NULL, 'CI_006', 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'walk-in', 'walk_in', 'hardware', 'Has to be paired again after each break; straddle carrier crew waits for it.', 'low', 'medium', 'low', '2026-11-18 09:14:00', 'USER_005', NULL, 'in_progress', 'Battery contact worn. New contact fitted this morning, crew is trying it over the shift.', NULL, NULL, NULL, NULL, NULL, '2026-11-18 10:11:00'),
('INC_020', 'INC-000020', 'Handheld scanner 4 beeps but does not read', 'USER_011', 'SVC_005', NULL, NULL, 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'walk-in', 'walk_in', 'hardware', 'Window scratched, reads one label out of five.', 'low', 'low', 'planning', '2026-11-18 10:02:00', 'USER_005', NULL, 'in_progress', 'Window ordered, expected on Tuesday.', NULL, NULL, NULL, NULL, NULL, '2026-11-18 11:40:00'),
('INC_021', 'INC-000021', 'Yard label printer 2 prints faint hazard labels', 'USER_011', 'SVC_003', NULL, 'CI_005', 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'phone', 'phone', 'hardware', 'Hazard class can hardly be read. Printer 1 is fine and takes the load for now.', 'low', 'medium', 'low', '2026-11-19 13:20:00', 'USER_004', NULL, 'in_progress', 'Print head cleaned, no better. Ribbon supplier asked about the last batch.', NULL, NULL, NULL, NULL, NULL, '2026-11-19 16:06:00'),
('INC_022', 'INC-000022', 'Manifest of MV Aurelia rejected by customs gateway', 'USER_014', 'SVC_005', 'SVCOFF_008', 'CI_003', 'GROUP_003', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'email', 'email', 'software', 'Message 35 of the manifest comes back with ''unknown goods code''. Sails on Monday.', 'medium', 'medium', 'moderate', '2026-11-19 14:30:00', 'USER_008', NULL, 'in_progress', 'Asked the planner twice for the original file, no answer so far.', NULL, NULL, NULL, NULL, NULL, '2026-11-19 17:56:00'),
('INC_023', 'INC-000023', 'Gate 3 kiosk hangs at the booking number', 'USER_011', 'SVC_006', 'SVCOFF_009', 'CI_002', 'GROUP_002', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'phone', 'phone', 'hardware', 'Drivers type the booking number and the screen freezes; queue is back to the road.', 'high', 'medium', 'high', '2026-11-20 06:42:00', 'USER_005', NULL, 'in_progress', 'Lane switched to manual. Kiosk service restarted twice, hangs again after ten trucks.', NULL, NULL, NULL, NULL, NULL, '2026-11-20 09:00:00'),
('INC_024', 'INC-000024', 'Trucks stuck at lane 3, check-in screen frozen', 'USER_012', 'SVC_006', 'SVCOFF_009', NULL, 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'chat', 'chat', 'hardware', 'Twelve trucks waiting at gate 3. Nobody can register, the screen does not react.', 'medium', 'high', 'high', '2026-11-20 07:05:00', NULL, NULL, 'new', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-20 07:05:00'),
('INC_025', 'INC-000025', 'Touch screen at gate 3 dead after booking entry', 'USER_015', 'SVC_006', 'SVCOFF_009', NULL, 'GROUP_001', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'email', 'email', 'hardware', 'Haulier complained that the kiosk in lane 3 stops after the number is entered.', 'medium', 'medium', 'moderate', '2026-11-20 07:31:00', NULL, NULL, 'new', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-20 07:31:00'),
('INC_026', 'INC-000026', 'Gate 1 camera misreads number plates in low sun', 'USER_011', 'SVC_006', NULL, 'CI_001', 'GROUP_002', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'email', 'email', 'hardware', 'Every morning between seven and eight the camera at gate 1 reads B as 8.', 'low', 'medium', 'low', '2026-11-20 07:48:00', NULL, NULL, 'new', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-20 07:48:00'),
('INC_027', 'INC-000027', 'Reefer temperatures missing for rows F to H', 'USER_011', 'SVC_002', 'SVCOFF_003', 'CI_007', 'GROUP_002', NULL, NULL, NULL, NULL, NULL, 'ORG_001', 'phone', 'phone', 'network', 'Alarm screen shows ''no data'' for 46 cooled containers since four in the morning.', 'medium', 'high', 'high', '2026-11-20 08:15:00', NULL, NULL, 'new', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-20 08:15:00');

-- child_incident (2)
INSERT INTO child_incident (child_incident_mapping_id, parent_incident, child_incident, created_at, updated_at) VALUES
('CINC_001', 'INC_008', 'INC_009', '2026-10-14 08:17:00', '2026-10-14 08:17:00'),
('CINC_002', 'INC_008', 'INC_010', '2026-10-14 08:31:00', '2026-10-14 08:31:00');

-- change_request_mapping (2)
INSERT INTO change_request_mapping (change_request_mapping_id, change_id, incident_id, problem_id, org_id, created_at, updated_at) VALUES
('CRM_001', 'CHG_003', NULL, 'PRB_001', 'ORG_001', '2026-11-10 13:30:00', '2026-11-10 13:30:00'),
('CRM_002', 'CHG_003', 'INC_017', NULL, 'ORG_001', '2026-11-12 14:05:00', '2026-11-12 14:05:00');

-- incident_affected_cis (15)
INSERT INTO incident_affected_cis (incident_affected_cis_id, configuration_item, incident_id, org_id, created_on, updated_on) VALUES
('TASKCI_001', 'CI_025', 'INC_002', 'ORG_001', '2026-09-10 11:12:19', '2026-09-10 11:12:19'),
('TASKCI_002', 'CI_026', 'INC_004', 'ORG_002', '2026-10-02 09:40:00', '2026-10-02 09:40:00'),
('TASKCI_003', 'CI_004', 'INC_008', 'ORG_001', '2026-10-14 08:02:00', '2026-10-14 08:02:00'),
('TASKCI_004', 'CI_007', 'INC_008', 'ORG_001', '2026-10-14 08:02:00', '2026-10-14 08:02:00'),
('TASKCI_005', 'CI_025', 'INC_012', 'ORG_001', '2026-10-22 16:03:07', '2026-10-22 16:03:07'),
('TASKCI_006', 'CI_020', 'INC_013', 'ORG_001', '2026-10-23 07:23:37', '2026-10-23 07:23:37'),
('TASKCI_007', 'CI_003', 'INC_014', 'ORG_001', '2026-10-29 15:10:00', '2026-10-29 15:10:00'),
('TASKCI_008', 'CI_003', 'INC_017', 'ORG_001', '2026-11-12 14:05:00', '2026-11-12 14:05:00'),
('TASKCI_009', 'CI_026', 'INC_018', 'ORG_002', '2026-11-16 11:12:00', '2026-11-16 11:12:00'),
('TASKCI_010', 'CI_006', 'INC_019', 'ORG_001', '2026-11-18 09:14:00', '2026-11-18 09:14:00'),
('TASKCI_011', 'CI_005', 'INC_021', 'ORG_001', '2026-11-19 13:20:00', '2026-11-19 13:20:00'),
('TASKCI_012', 'CI_003', 'INC_022', 'ORG_001', '2026-11-19 14:30:00', '2026-11-19 14:30:00'),
('TASKCI_013', 'CI_002', 'INC_023', 'ORG_001', '2026-11-20 06:42:00', '2026-11-20 06:42:00'),
('TASKCI_014', 'CI_001', 'INC_026', 'ORG_001', '2026-11-20 07:48:00', '2026-11-20 07:48:00'),
('TASKCI_015', 'CI_007', 'INC_027', 'ORG_001', '2026-11-20 08:15:00', '2026-11-20 08:15:00');

-- incident_knowledge (4)
INSERT INTO incident_knowledge (incident_kb_id, incident_id, knowledge_id, org_id, used_as, created_on, updated_on) VALUES
('IKB_001', 'INC_004', 'KB_007', 'ORG_002', 'suggested', '2026-10-02 09:40:00', '2026-10-02 09:40:00'),
('IKB_002', 'INC_013', 'KB_001', 'ORG_001', 'suggested', '2026-10-23 07:23:37', '2026-10-23 07:23:37'),
('IKB_003', 'INC_016', 'KB_002', 'ORG_001', 'suggested', '2026-11-05 16:38:38', '2026-11-05 16:38:38'),
('IKB_004', 'INC_023', 'KB_004', 'ORG_001', 'applied', '2026-11-20 06:42:00', '2026-11-20 06:42:00');

-- incident_sla (28)
INSERT INTO incident_sla (incident_sla_id, incident_id, sla_def_id, org_id, stage, has_breached, start_time, breach_time, completed_time, created_on, updated_on) VALUES
('TSLA_001', 'INC_001', 'SLA_003', 'ORG_001', 'completed', FALSE, '2026-09-01 15:06:47', '2026-09-01 15:36:47', '2026-09-01 15:32:29', '2026-09-01 15:06:47', '2026-09-01 15:32:29'),
('TSLA_002', 'INC_001', 'SLA_004', 'ORG_001', 'completed', FALSE, '2026-09-01 15:06:47', '2026-09-01 23:06:47', '2026-09-01 18:52:04', '2026-09-01 15:06:47', '2026-09-01 18:52:04'),
('TSLA_003', 'INC_007', 'SLA_006', 'ORG_001', 'completed', FALSE, '2026-10-13 10:19:30', '2026-10-16 10:19:30', '2026-10-14 04:41:55', '2026-10-13 10:19:30', '2026-10-14 04:41:55'),
('TSLA_004', 'INC_008', 'SLA_001', 'ORG_001', 'completed', FALSE, '2026-10-14 08:02:00', '2026-10-14 08:17:00', '2026-10-14 08:15:51', '2026-10-14 08:02:00', '2026-10-14 08:15:51'),
('TSLA_005', 'INC_008', 'SLA_002', 'ORG_001', 'completed', FALSE, '2026-10-14 08:02:00', '2026-10-14 12:02:00', '2026-10-14 11:20:00', '2026-10-14 08:02:00', '2026-10-14 11:20:00'),
('TSLA_006', 'INC_009', 'SLA_001', 'ORG_001', 'completed', FALSE, '2026-10-14 08:17:00', '2026-10-14 08:32:00', '2026-10-14 08:21:58', '2026-10-14 08:17:00', '2026-10-14 08:21:58'),
('TSLA_007', 'INC_009', 'SLA_002', 'ORG_001', 'completed', FALSE, '2026-10-14 08:17:00', '2026-10-14 12:17:00', '2026-10-14 11:20:00', '2026-10-14 08:17:00', '2026-10-14 11:20:00'),
('TSLA_008', 'INC_010', 'SLA_001', 'ORG_001', 'completed', FALSE, '2026-10-14 08:31:00', '2026-10-14 08:46:00', '2026-10-14 08:32:54', '2026-10-14 08:31:00', '2026-10-14 08:32:54'),
('TSLA_009', 'INC_010', 'SLA_002', 'ORG_001', 'completed', FALSE, '2026-10-14 08:31:00', '2026-10-14 12:31:00', '2026-10-14 11:20:00', '2026-10-14 08:31:00', '2026-10-14 11:20:00'),
('TSLA_010', 'INC_011', 'SLA_005', 'ORG_001', 'completed', TRUE, '2026-10-15 09:31:20', '2026-10-16 09:31:20', '2026-10-16 23:53:36', '2026-10-15 09:31:20', '2026-10-16 23:53:36'),
('TSLA_011', 'INC_013', 'SLA_006', 'ORG_001', 'completed', FALSE, '2026-10-23 07:23:37', '2026-10-26 07:23:37', '2026-10-25 04:15:20', '2026-10-23 07:23:37', '2026-10-25 04:15:20'),
('TSLA_012', 'INC_014', 'SLA_003', 'ORG_001', 'completed', FALSE, '2026-10-29 15:10:00', '2026-10-29 15:40:00', '2026-10-29 15:16:07', '2026-10-29 15:10:00', '2026-10-29 15:16:07'),
('TSLA_013', 'INC_014', 'SLA_004', 'ORG_001', 'completed', FALSE, '2026-10-29 15:10:00', '2026-10-29 23:10:00', '2026-10-29 20:56:33', '2026-10-29 15:10:00', '2026-10-29 20:56:33'),
('TSLA_014', 'INC_015', 'SLA_005', 'ORG_001', 'completed', TRUE, '2026-11-03 10:40:00', '2026-11-04 10:40:00', '2026-11-04 18:54:25', '2026-11-03 10:40:00', '2026-11-04 18:54:25'),
('TSLA_015', 'INC_016', 'SLA_006', 'ORG_001', 'completed', FALSE, '2026-11-05 16:38:38', '2026-11-08 16:38:38', '2026-11-08 03:23:46', '2026-11-05 16:38:38', '2026-11-08 03:23:46'),
('TSLA_016', 'INC_017', 'SLA_003', 'ORG_001', 'completed', FALSE, '2026-11-12 14:05:00', '2026-11-12 14:35:00', '2026-11-12 14:11:22', '2026-11-12 14:05:00', '2026-11-12 14:11:22'),
('TSLA_017', 'INC_017', 'SLA_004', 'ORG_001', 'paused', FALSE, '2026-11-12 14:05:00', '2026-11-12 22:05:00', NULL, '2026-11-12 14:05:00', '2026-11-12 17:02:00'),
('TSLA_018', 'INC_019', 'SLA_006', 'ORG_001', 'in_progress', FALSE, '2026-11-18 09:14:00', '2026-11-21 09:14:00', NULL, '2026-11-18 09:14:00', '2026-11-18 10:11:00'),
('TSLA_019', 'INC_021', 'SLA_006', 'ORG_001', 'in_progress', FALSE, '2026-11-19 13:20:00', '2026-11-22 13:20:00', NULL, '2026-11-19 13:20:00', '2026-11-19 16:06:00'),
('TSLA_020', 'INC_022', 'SLA_005', 'ORG_001', 'in_progress', FALSE, '2026-11-19 14:30:00', '2026-11-20 14:30:00', NULL, '2026-11-19 14:30:00', '2026-11-19 17:56:00'),
('TSLA_021', 'INC_023', 'SLA_003', 'ORG_001', 'completed', FALSE, '2026-11-20 06:42:00', '2026-11-20 07:12:00', '2026-11-20 07:04:41', '2026-11-20 06:42:00', '2026-11-20 07:04:41'),
('TSLA_022', 'INC_023', 'SLA_004', 'ORG_001', 'in_progress', FALSE, '2026-11-20 06:42:00', '2026-11-20 14:42:00', NULL, '2026-11-20 06:42:00', '2026-11-20 09:00:00'),
('TSLA_023', 'INC_024', 'SLA_003', 'ORG_001', 'breached', TRUE, '2026-11-20 07:05:00', '2026-11-20 07:35:00', NULL, '2026-11-20 07:05:00', '2026-11-20 07:05:00'),
('TSLA_024', 'INC_024', 'SLA_004', 'ORG_001', 'in_progress', FALSE, '2026-11-20 07:05:00', '2026-11-20 15:05:00', NULL, '2026-11-20 07:05:00', '2026-11-20 07:05:00'),
('TSLA_025', 'INC_025', 'SLA_005', 'ORG_001', 'in_progress', FALSE, '2026-11-20 07:31:00', '2026-11-21 07:31:00', NULL, '2026-11-20 07:31:00', '2026-11-20 07:31:00'),
('TSLA_026', 'INC_026', 'SLA_006', 'ORG_001', 'in_progress', FALSE, '2026-11-20 07:48:00', '2026-11-23 07:48:00', NULL, '2026-11-20 07:48:00', '2026-11-20 07:48:00'),
('TSLA_027', 'INC_027', 'SLA_003', 'ORG_001', 'breached', TRUE, '2026-11-20 08:15:00', '2026-11-20 08:45:00', NULL, '2026-11-20 08:15:00', '2026-11-20 08:15:00'),
('TSLA_028', 'INC_027', 'SLA_004', 'ORG_001', 'in_progress', FALSE, '2026-11-20 08:15:00', '2026-11-20 16:15:00', NULL, '2026-11-20 08:15:00', '2026-11-20 08:15:00');

-- notification (16)
INSERT INTO notification (notification_id, incident_id, org_id, email, subject, message, type, status, created_on, updated_on) VALUES
('NOTIF_001', 'INC_001', 'ORG_001', 'ingrid.solheim@harborline.example', 'INC-000001 is solved', 'Hello Ingrid, ''Suspicious invoice mail, link was clicked'' is solved. What we did: Mail pulled from all mailboxes, sender blocked, no sign of misuse. Please tell us within three days if it comes back.', 'update', 'opened', '2026-09-01 18:52:04', '2026-09-01 18:52:04'),
('NOTIF_002', 'INC_002', 'ORG_001', 'hana.nowak@harborline.example', 'INC-000002 is solved', 'Hana, good news about ''Laptop battery lasts twenty minutes'': Battery exchanged under warranty.', 'update', 'failed', '2026-09-13 12:34:52', '2026-09-13 12:34:52'),
('NOTIF_003', 'INC_003', 'ORG_002', 'amara.nwosu@quayside.example', 'INC-000003 is solved', 'Hello Amara, we have finished your ticket INC-000003. Account unlocked, temporary password handed over, reset phone registered. Reply to this message to open it again.', 'update', 'sent', '2026-09-23 19:59:35', '2026-09-23 19:59:35'),
('NOTIF_004', 'INC_004', 'ORG_002', 'amara.nwosu@quayside.example', 'INC-000004 is solved', 'Hello Amara, ''Declarations rejected for valid goods codes'' is solved. What we did: Cache cleared and reloaded, all nineteen accepted on the second try. Please tell us within three days if it comes back.', 'update', 'opened', '2026-10-02 19:29:52', '2026-10-02 19:29:52'),
('NOTIF_005', 'INC_007', 'ORG_001', 'ingrid.solheim@harborline.example', 'INC-000007 is solved', 'Hello Ingrid, ''Badge no longer opens the side entrance'' is solved. What we did: Zone added again and import rule corrected. Please tell us within three days if it comes back.', 'update', 'failed', '2026-10-14 04:41:55', '2026-10-14 04:41:55'),
('NOTIF_006', 'INC_008', 'ORG_001', 'keisha.broussard@harborline.example', 'INC-000008 is solved', 'Hello Keisha, we have finished your ticket INC-000008. Firmware rolled back, all cranes online at 11:20. Reply to this message to open it again.', 'update', 'delivered', '2026-10-14 11:20:00', '2026-10-14 11:20:00'),
('NOTIF_007', 'INC_008', 'ORG_001', 'mei.tanaka@harborline.example', 'Critical incident INC-000008: Crane tablets offline on the whole east quay', 'Please be ready for a call about INC-000008. Six cranes lost their job lists at once; crews work from paper.', 'alert', 'sent', '2026-10-14 08:02:00', '2026-10-14 08:02:00'),
('NOTIF_008', 'INC_010', 'ORG_001', 'hana.nowak@harborline.example', 'INC-000010 is solved', 'Hana, good news about ''Cranes 7 and 8 show yesterday''s jobs'': Solved together with the parent incident.', 'update', 'failed', '2026-10-14 11:20:00', '2026-10-14 11:20:00'),
('NOTIF_009', 'INC_011', 'ORG_001', 'ingrid.solheim@harborline.example', 'INC-000011 is solved', 'Ingrid, good news about ''Folder deleted from the team drive'': Restored from Tuesday''s backup, 412 files checked by the caller.', 'update', 'delivered', '2026-10-16 23:53:36', '2026-10-16 23:53:36'),
('NOTIF_010', 'INC_012', 'ORG_001', 'hana.nowak@harborline.example', 'INC-000012 is solved', 'Hello Hana, ''Second screen stays black at the dock'' is solved. What we did: Dock swapped, both screens fine. Please tell us within three days if it comes back.', 'update', 'delivered', '2026-10-24 07:42:23', '2026-10-24 07:42:23'),
('NOTIF_011', 'INC_013', 'ORG_001', 'ingrid.solheim@harborline.example', 'INC-000013 is solved', 'Hello Ingrid, we have finished your ticket INC-000013. Moved the profile to the TLS tunnel; four hours without a drop. Reply to this message to open it again.', 'update', 'opened', '2026-10-25 04:15:20', '2026-10-25 04:15:20'),
('NOTIF_012', 'INC_017', 'ORG_001', 'matteo.ricci@harborline.example', 'INC-000017 is waiting', 'Hello Matteo, ''Crane shift plan times out when saved'' is on hold at the moment. Last note: Same lock waits as on 29 October, statistics job had been switched on again.', 'reminder', 'opened', '2026-11-12 17:02:00', '2026-11-12 17:02:00'),
('NOTIF_013', 'INC_018', 'ORG_002', 'callista.byrne@quayside.example', 'INC-000018 is waiting', 'Callista, a short note on INC-000018: we are waiting before we can go on. Card middleware does not know the new chip; vendor sends a build.', 'reminder', 'opened', '2026-11-16 14:44:00', '2026-11-16 14:44:00'),
('NOTIF_014', 'INC_024', 'ORG_001', 'oluwaseun.adeyemi@harborline.example', 'We have your ticket INC-000024', 'Hello Oluwaseun, thank you. ''Trucks stuck at lane 3, check-in screen frozen'' is with the team, you will hear from us.', 'other', 'queued', '2026-11-20 07:05:00', '2026-11-20 07:05:00'),
('NOTIF_015', 'INC_025', 'ORG_001', 'hana.nowak@harborline.example', 'We have your ticket INC-000025', 'Hello Hana, INC-000025 was registered and will be looked at in turn.', 'other', 'queued', '2026-11-20 07:31:00', '2026-11-20 07:31:00'),
('NOTIF_016', 'INC_027', 'ORG_001', 'keisha.broussard@harborline.example', 'We have your ticket INC-000027', 'Hello Keisha, INC-000027 was registered and will be looked at in turn.', 'other', 'queued', '2026-11-20 08:15:00', '2026-11-20 08:15:00');
