-- Of the runs of a JSON list of tasks, those that are addressed to nobody or to this node (?2).
SELECT min((
    SELECT min(run.not_before) FROM rota_run AS run
    WHERE run.task = wanted.value AND run.state IN ('queued', 'retrying')
        AND (
            run.target NOT GLOB 'node:*' AND run.target NOT GLOB 'machine:*'
            OR run.target = 'node:' || ?2
            OR run.target = (
                SELECT 'machine:' || node.machine FROM rota_node AS node WHERE node.name = ?2
            )
        )
))
FROM json_each(?1) AS wanted;
