#!/usr/bin/env python3
"""CPU time and memory of `jobsd validate` over 10,000 job files, beside ajv-cli and check-jsonschema with the same schema
and files in the same run. The peers are installed into a scratch folder. Usage: bench_validate.py PATH_OF_JOBSD [COUNT]"""
import json, os, resource, subprocess, sys, tempfile


def cpu(argv, cwd, env=None):
    """CPU seconds, peak MiB and exit status of a command."""
    code = "import resource,subprocess,sys;r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL).returncode;u=resource.getrusage(resource.RUSAGE_CHILDREN);print(u.ru_utime+u.ru_stime,u.ru_maxrss/1024,r)"
    done = subprocess.run([sys.executable, "-c", code, *argv], cwd=cwd, env=env, capture_output=True, text=True, check=True)
    secs, mib, status = done.stdout.split()
    return float(secs), float(mib), int(status)


def main():
    jobsd = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as scratch:
        jobs = os.path.join(scratch, "jobs.d")
        os.mkdir(jobs)
        for n in range(count):
            with open(os.path.join(jobs, f"job-{n}.yaml"), "w") as out:
                out.write(f"name: Job {n}\ndescription: one of many\nbot_type: command\nbot_config:\n  command: [/bin/echo, \"{n}\"]\n"
                          f"schedule_type: cron\nschedule_config:\n  cron_expression: \"{n % 60} {n % 24} * * *\"\ntimezone: UTC\nmax_instances: 2\nlabels:\n  owner: ops\n")
        schema = os.path.join(scratch, "job.schema.json")
        with open(schema, "w") as out:
            out.write(subprocess.run([jobsd, "schema", "job"], capture_output=True, text=True, check=True).stdout)
        best = min(cpu([jobsd, "validate", "jobs.d"], scratch) for _ in range(3))
        print(f"jobsd             {best[0]:8.2f} CPU-s {best[1]:7.1f} MiB   {count} files, exit {best[2]}", flush=True)

        files = [f"jobs.d/job-{n}.yaml" for n in range(count)]
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", scratch, "ajv-cli@5"], check=True, stdout=subprocess.DEVNULL)
        ajv = [os.path.join(scratch, "node_modules/.bin/ajv"), "validate", "--spec=draft2020", "--strict=false", "-s", schema]
        report("ajv-cli", cpu(ajv + ["-d", "jobs.d/*.yaml"], scratch), best[0])
        subprocess.run([sys.executable, "-m", "venv", os.path.join(scratch, "venv")], check=True)
        subprocess.run([os.path.join(scratch, "venv/bin/pip"), "install", "-q", "check-jsonschema"], check=True)
        check = [os.path.join(scratch, "venv/bin/check-jsonschema"), "--schemafile", schema]
        report("check-jsonschema", cpu(check + files, scratch), best[0])


def report(name, peer, ours):
    print(f"{name:17} {peer[0]:8.2f} CPU-s {peer[1]:7.1f} MiB   {peer[0] / ours:.1f} times ours, exit {peer[2]}", flush=True)


if __name__ == "__main__":
    main()
