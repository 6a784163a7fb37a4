-- Agents, tickets, and a function for each request. The pool is walked in the order of the index,
-- so that the first row that fits is the answer; a row that another session has locked is passed
-- over instead of waited for.
CREATE TABLE agent (
    id int PRIMARY KEY, load int NOT NULL DEFAULT 0, last_assigned bigint NOT NULL DEFAULT 0,
    skills int[] NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX agent_order ON agent (load, last_assigned);
CREATE TABLE ticket (key text PRIMARY KEY, agent int NOT NULL);
CREATE SEQUENCE assignment CACHE 64;

CREATE FUNCTION route(wanted_key text, wanted int[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE chosen int;
BEGIN
    SELECT id INTO chosen FROM agent WHERE skills @> wanted
        ORDER BY load, last_assigned LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF chosen IS NULL THEN RETURN NULL; END IF;
    UPDATE agent SET load = load + 1, last_assigned = nextval('assignment') WHERE id = chosen;
    INSERT INTO ticket VALUES (wanted_key, chosen);
    RETURN chosen;
END $$;

CREATE FUNCTION close(closed_key text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE holder int;
BEGIN
    DELETE FROM ticket WHERE key = closed_key RETURNING agent INTO holder;
    UPDATE agent SET load = load - 1 WHERE id = holder;
    RETURN holder;
END $$;
