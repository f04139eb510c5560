-- The CSM gym: customers, what they have bought and have installed, and the cases they raise.
--
-- Ids are numbers that are never used twice. Times are "YYYY-MM-DD HH:MM:SS" in UTC, days "YYYY-MM-DD". References say
-- what belongs together; seeds and deletions may break them, as on the live server.

CREATE TABLE location (
    location_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    plot_no TEXT,
    street TEXT,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE user (
    user_id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    phone TEXT,
    role TEXT NOT NULL,
    location_id INTEGER REFERENCES location (location_id),
    active BOOLEAN NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE user_group (
    group_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE account (
    account_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    account_type TEXT NOT NULL,
    email_domain TEXT,
    active BOOLEAN NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE product (
    product_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    category TEXT NOT NULL,
    product_price INTEGER,
    lifecycle_state TEXT NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE installed_product (
    installed_product_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    product_id INTEGER NOT NULL REFERENCES product (product_id),
    location_id INTEGER REFERENCES location (location_id),
    serial_number TEXT NOT NULL,
    status TEXT NOT NULL,
    warranty_end TEXT,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (account_id, product_id, serial_number)
);

CREATE TABLE contact (
    contact_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    portal_user_id INTEGER NOT NULL REFERENCES user (user_id),
    active BOOLEAN NOT NULL,
    is_primary BOOLEAN NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE contract (
    contract_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    contract_type TEXT NOT NULL,
    status TEXT NOT NULL,
    contract_price INTEGER,
    start_date TEXT NOT NULL,
    end_date TEXT NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE entitlement (
    entitlement_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    product_id INTEGER REFERENCES product (product_id),
    contract_id INTEGER REFERENCES contract (contract_id),
    support_level TEXT NOT NULL,
    coverage_hours TEXT NOT NULL DEFAULT 'h8x5',
    max_cases_per_month INTEGER NOT NULL DEFAULT 0,
    active BOOLEAN NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE sla_definition (
    sla_def_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    metric TEXT NOT NULL,
    target_mins INTEGER NOT NULL,
    pause_on_pending BOOLEAN NOT NULL,
    applies_to_priority TEXT,
    active BOOLEAN NOT NULL,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE customer_case (
    case_id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    contact_id INTEGER NOT NULL REFERENCES contact (contact_id),
    product_id INTEGER REFERENCES product (product_id),
    installed_product_id INTEGER REFERENCES installed_product (installed_product_id),
    channel TEXT NOT NULL,
    priority TEXT NOT NULL,
    state TEXT NOT NULL,
    short_description TEXT NOT NULL,
    assignment_group_id INTEGER REFERENCES user_group (group_id),
    assigned_to INTEGER REFERENCES user (user_id),
    escalation BOOLEAN NOT NULL DEFAULT 0,
    escalation_reason TEXT,
    reopen_count INTEGER NOT NULL DEFAULT 0,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    closed_on DATETIME
);

CREATE TABLE case_sla (
    case_sla_id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES customer_case (case_id),
    sla_def_id INTEGER NOT NULL REFERENCES sla_definition (sla_def_id),
    stage TEXT NOT NULL,
    start_time DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    breach_time DATETIME,
    has_breached BOOLEAN NOT NULL DEFAULT 0,
    completed_time DATETIME
);

CREATE TABLE interaction (
    interaction_id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    account_id INTEGER REFERENCES account (account_id),
    contact_id INTEGER REFERENCES contact (contact_id),
    case_id INTEGER REFERENCES customer_case (case_id),
    interacted_user INTEGER REFERENCES user (user_id),
    status TEXT NOT NULL,
    started_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    ended_at DATETIME,
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE knowledge (
    knowledge_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kb_number TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    body TEXT,
    state TEXT NOT NULL,
    visibility TEXT NOT NULL,
    product_id INTEGER REFERENCES product (product_id),
    owner_id INTEGER NOT NULL REFERENCES user (user_id),
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    sys_updated_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE case_knowledge (
    case_kb_id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES customer_case (case_id),
    knowledge_id INTEGER NOT NULL REFERENCES knowledge (knowledge_id),
    used_as TEXT NOT NULL,
    UNIQUE (case_id, knowledge_id)
);

CREATE TABLE notification (
    notification_id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES customer_case (case_id),
    knowledge_id INTEGER REFERENCES knowledge (knowledge_id),
    email TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'success',
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE user_group_member (
    member_id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES user_group (group_id),
    user_id INTEGER NOT NULL REFERENCES user (user_id),
    sys_created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (group_id, user_id)
);
