-- Schema 1, as carekit 0.1.0 of the first slice made it.
CREATE TABLE villages (
	village_id TEXT NOT NULL,
	name TEXT NOT NULL,
	township TEXT,
	county TEXT,
	longitude REAL,
	latitude REAL,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (village_id)
) STRICT;
CREATE TABLE schools (
	school_id TEXT NOT NULL,
	name TEXT NOT NULL,
	county TEXT,
	township TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (school_id)
) STRICT;
CREATE TABLE terms (
	term_id TEXT NOT NULL,
	name TEXT NOT NULL,
	since TEXT,
	until TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (term_id)
) STRICT;
CREATE TABLE outings (
	outing_id TEXT NOT NULL,
	title TEXT NOT NULL,
	day TEXT NOT NULL,
	places INTEGER NOT NULL,
	destination TEXT,
	starts TEXT,
	ends TEXT,
	note TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (outing_id)
) STRICT;
CREATE TABLE users (
	user_id TEXT NOT NULL,
	name TEXT,
	role TEXT NOT NULL,
	scope TEXT,
	password_hash TEXT,
	language TEXT,
	disabled INTEGER CHECK ("disabled" in (0, 1)),
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (user_id)
) STRICT;
CREATE TABLE proposals (
	proposal_id TEXT NOT NULL,
	scheme TEXT NOT NULL,
	day TEXT NOT NULL,
	state TEXT NOT NULL,
	body TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (proposal_id)
) STRICT;
CREATE TABLE settings (
	setting_id TEXT NOT NULL,
	value TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (setting_id)
) STRICT;
CREATE TABLE steps (
	step_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	token TEXT,
	user_id TEXT NOT NULL,
	done_at TEXT NOT NULL,
	undone_by TEXT,
	PRIMARY KEY (step_id),
	UNIQUE (token),
	FOREIGN KEY(undone_by) REFERENCES steps (step_id)
) STRICT;
CREATE TABLE numbers (
	table_name TEXT NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (table_name)
) STRICT;
CREATE TABLE classes (
	class_id TEXT NOT NULL,
	school_id TEXT,
	name TEXT NOT NULL,
	grade INTEGER,
	pupils INTEGER,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (class_id),
	FOREIGN KEY(school_id) REFERENCES schools (school_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE history (
	step_id TEXT NOT NULL,
	table_name TEXT NOT NULL,
	row_key TEXT NOT NULL,
	version INTEGER NOT NULL,
	"before" TEXT,
	PRIMARY KEY (step_id, table_name, row_key),
	FOREIGN KEY(step_id) REFERENCES steps (step_id)
) STRICT;
CREATE TABLE children (
	child_id TEXT NOT NULL,
	name TEXT NOT NULL,
	sex TEXT,
	birth_date TEXT,
	id_number TEXT,
	class_id TEXT,
	village_id TEXT,
	address TEXT,
	phone TEXT,
	household_id TEXT,
	parents_away TEXT,
	boarding INTEGER CHECK ("boarding" in (0, 1)),
	languages TEXT,
	free_times TEXT,
	needs TEXT,
	wish_sex TEXT,
	supervised TEXT,
	circumstances TEXT,
	health TEXT,
	allergies TEXT,
	note TEXT,
	closed_on TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (child_id),
	FOREIGN KEY(class_id) REFERENCES classes (class_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(village_id) REFERENCES villages (village_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE helpers (
	helper_id TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	sex TEXT,
	birth_date TEXT,
	id_number TEXT,
	phone TEXT,
	village_id TEXT,
	class_id TEXT,
	languages TEXT,
	free_times TEXT,
	subjects TEXT,
	places INTEGER,
	reach_km INTEGER,
	hours_a_week REAL,
	note TEXT,
	closed_on TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (helper_id),
	FOREIGN KEY(village_id) REFERENCES villages (village_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(class_id) REFERENCES classes (class_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE guardians (
	guardian_id TEXT NOT NULL,
	child_id TEXT NOT NULL,
	role TEXT NOT NULL,
	name TEXT,
	relation TEXT,
	birth_year INTEGER,
	phone TEXT,
	workplace TEXT,
	occupation TEXT,
	health TEXT,
	address TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (guardian_id),
	FOREIGN KEY(child_id) REFERENCES children (child_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE trainings (
	training_id TEXT NOT NULL,
	helper_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	day TEXT NOT NULL,
	hours REAL,
	until TEXT,
	note TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (training_id),
	FOREIGN KEY(helper_id) REFERENCES helpers (helper_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE pairings (
	pairing_id TEXT NOT NULL,
	scheme TEXT NOT NULL,
	child_id TEXT NOT NULL,
	helper_id TEXT NOT NULL,
	since TEXT NOT NULL,
	until TEXT,
	reason TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (pairing_id),
	FOREIGN KEY(child_id) REFERENCES children (child_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(helper_id) REFERENCES helpers (helper_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX pairings_child_id ON pairings (child_id);
CREATE INDEX pairings_helper_id ON pairings (helper_id);
CREATE TABLE contacts (
	contact_id TEXT NOT NULL,
	child_id TEXT NOT NULL,
	helper_id TEXT NOT NULL,
	day TEXT NOT NULL,
	kind TEXT NOT NULL,
	partner TEXT,
	minutes INTEGER,
	reached INTEGER CHECK ("reached" in (0, 1)),
	note TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (contact_id),
	FOREIGN KEY(child_id) REFERENCES children (child_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(helper_id) REFERENCES helpers (helper_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX contacts_child_id_day ON contacts (child_id, day);
CREATE TABLE outing_people (
	outing_person_id TEXT NOT NULL,
	outing_id TEXT NOT NULL,
	child_id TEXT,
	helper_id TEXT,
	role TEXT,
	"group" INTEGER,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (outing_person_id),
	FOREIGN KEY(outing_id) REFERENCES outings (outing_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(child_id) REFERENCES children (child_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(helper_id) REFERENCES helpers (helper_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE consents (
	consent_id TEXT NOT NULL,
	child_id TEXT NOT NULL,
	purpose TEXT NOT NULL,
	outing_id TEXT,
	state TEXT NOT NULL,
	day TEXT,
	until TEXT,
	note TEXT,
	version INTEGER NOT NULL,
	removed INTEGER NOT NULL CHECK (removed in (0, 1)),
	PRIMARY KEY (consent_id),
	FOREIGN KEY(child_id) REFERENCES children (child_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(outing_id) REFERENCES outings (outing_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
pragma application_id = 1128354373;
pragma user_version = 1;
