//! Examples that are words in both languages, where no file can show the finding.

/// Examples that are words, not keys, in French.
const IN_WORDS: &[(&str, &str)] = &[
    (
        "(timezone: America/Vancouver, and a system with tzdata 2025b)",
        "(timezone: America/Vancouver, et un système avec tzdata 2025b)",
    ),
    (
        "(the same, and a system with tzdata 2026f)",
        "(le même, et un système avec tzdata 2026f)",
    ),
    (
        "(a file with more than 100 warnings)",
        "(un fichier avec plus de 100 avertissements)",
    ),
    (
        "(listen: 127.0.0.1:8080, under a running daemon)",
        "(listen: 127.0.0.1:8080, sous un démon en marche)",
    ),
    ("(the same, and a restart)", "(le même, et un redémarrage)"),
    ("(chmod 666 jobs.d/a.yaml)", "(chmod 666 jobs.d/a.yaml)"),
    (
        "(chmod 644 jobs.d/a.yaml, owned by root)",
        "(chmod 644 jobs.d/a.yaml, propriété de root)",
    ),
    (
        "(ten lines that each repeat an alias nine times)",
        "(dix lignes qui répètent chacune un alias neuf fois)",
    ),
    (
        "(31 files with hour: 3 and minute: 0)",
        "(31 fichiers avec hour: 3 et minute: 0)",
    ),
    (
        "(jobs.d/a/backup.yaml and jobs.d/b/backup.yaml)",
        "(jobs.d/a/backup.yaml et jobs.d/b/backup.yaml)",
    ),
    (
        "(jobs.d/a/backup-a.yaml and jobs.d/b/backup-b.yaml)",
        "(jobs.d/a/backup-a.yaml et jobs.d/b/backup-b.yaml)",
    ),
    (
        "(a file with only comments)",
        "(un fichier de commentaires seuls)",
    ),
    ("(jobs.d/My Job.yaml)", "(jobs.d/My Job.yaml)"),
    ("(jobs.d/my-job.yaml)", "(jobs.d/my-job.yaml)"),
    ("(jobs.d/a.yaml -> a.yaml)", "(jobs.d/a.yaml -> a.yaml)"),
    (
        "(jobs.d/a.yaml -> /etc/a.yaml)",
        "(jobs.d/a.yaml -> /etc/a.yaml)",
    ),
    (
        "(jobs.d/a.yaml, a regular file)",
        "(jobs.d/a.yaml, un fichier ordinaire)",
    ),
    (
        "(listen: localhost:7878 in jobsd.yaml)",
        "(listen: localhost:7878 dans jobsd.yaml)",
    ),
    (
        "(listen: 127.0.0.1:7878 in jobsd.yaml)",
        "(listen: 127.0.0.1:7878 dans jobsd.yaml)",
    ),
    ("(mkfifo jobs.d/a.yaml)", "(mkfifo jobs.d/a.yaml)"),
    (
        "(a file saved as Latin-1)",
        "(un fichier enregistré en Latin-1)",
    ),
    ("(none known)", "(aucun connu)"),
    ("(a hundred opening brackets)", "(cent crochets ouvrants)"),
    ("(a file of 2 MiB)", "(un fichier de 2 Mio)"),
    (
        "(a file of a thousand unknown keys)",
        "(un fichier de mille clés inconnues)",
    ),
];

/// An example in French: keys stay, words are translated. `None` when words have no French.
pub fn example_in_french(example: &str) -> Option<&str> {
    if !example.starts_with('(') {
        return Some(example);
    }
    let found = IN_WORDS.iter().find(|(en, _)| *en == example);
    found.map(|(_, fr)| *fr)
}
