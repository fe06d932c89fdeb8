package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real Airflow with SQLite that schedules the DAG of the examples. The DAG's file is taken as it
 * is, but for the pause before a retry.
 */
final class Airflow implements AutoCloseable {

  /** The run that {@link #trigger} begins. */
  static final String RUN = "first";

  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Path DAG =
      Path.of("../examples/airflow/deep_incubation_dag.py").toAbsolutePath().normalize();
  private static final String PAUSE = "timedelta(minutes=2)";

  private final PythonVenv python;
  private final Path folder;
  private final Path logs;
  private final Map<String, String> environment;
  private final List<LocalProcess> servers = new ArrayList<>();

  /**
   * Starts it.
   *
   * @param version of Airflow, 2 or 3
   * @param laboratory has Spark's {@code spark-submit}
   */
  Airflow(int version, Laboratory laboratory) {
    logs = laboratory.logs();
    python = PythonVenv.frozen("requirements-airflow-" + version + ".txt", logs);
    folder = laboratory.file("airflow");
    environment = environment(version, laboratory.home());
    putDag();
    finish("airflow-migrate", "db", "migrate");
    List<String> commands =
        version == 2 ? List.of("scheduler") : List.of("scheduler", "dag-processor", "api-server");
    commands.forEach(command -> servers.add(start("airflow-" + command, command)));
  }

  private Map<String, String> environment(int version, SparkHome home) {
    int port = Ports.free();
    var all = new HashMap<>(home.environment());
    String scripts = Path.of(python.command("airflow")).resolveSibling("").toString();
    all.put(
        "PATH",
        String.join(":", home.sparkSubmit().getParent() + "", scripts, System.getenv("PATH")));
    all.put("AIRFLOW_HOME", folder.toString());
    all.put("AIRFLOW__CORE__DAGS_FOLDER", folder.resolve("dags").toString());
    all.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
    all.put("AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION", "False");
    all.put("AIRFLOW__CORE__PARALLELISM", "1");
    all.put("AIRFLOW__CORE__EXECUTOR", version == 2 ? "SequentialExecutor" : "LocalExecutor");
    all.put("AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC", "1");
    all.put("AIRFLOW__API__HOST", "127.0.0.1");
    all.put("AIRFLOW__API__PORT", "" + port);
    all.put("AIRFLOW__API__WORKERS", "1");
    all.put("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://127.0.0.1:" + port + "/execution/");
    all.put("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True");
    all.put("AIRFLOW__API_AUTH__JWT_SECRET", "only this test's servers know it".repeat(2));
    all.put(
        "AIRFLOW_CONN_SPARK_DEFAULT",
        new Gson().toJson(Map.of("conn_type", "spark", "host", "local[2]")));
    return all;
  }

  private void putDag() {
    try {
      String dag = Files.readString(DAG);
      assertThat(dag).containsOnlyOnce(PAUSE);
      Files.createDirectories(folder.resolve("dags"));
      Files.writeString(
          folder.resolve("dags/deep_incubation_dag.py"),
          dag.replace(PAUSE, "timedelta(seconds=2)"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LocalProcess start(String name, String... words) {
    var command = new ArrayList<>(List.of(python.command("airflow")));
    command.addAll(List.of(words));
    return LocalProcess.start(name, command, environment, logs);
  }

  private void finish(String name, String... words) {
    LocalProcess process = start(name, words);
    assertThat(process.awaitExit(LIMIT)).as(process.err()).isZero();
  }

  /** The DAG as this Airflow loads it. */
  JsonObject graph() {
    return last(python.script("airflow_graph.py", "graph", DAG.toString()));
  }

  /** Begins a run of the DAG, once Airflow knows it. */
  void trigger(Map<String, String> params) {
    String conf = new Gson().toJson(params);
    Await.untilTrue(
        "the DAG",
        LIMIT,
        () ->
            start("airflow-trigger", "dags", "trigger", "deep_incubation", "-r", RUN, "-c", conf)
                    .awaitExit(LIMIT)
                == 0);
  }

  /** Has a task run again. */
  void clear(String task) {
    finish("airflow-clear", "tasks", "clear", "-y", "-t", task, "deep_incubation");
  }

  /** The run's state, such as {@code success}. */
  String state() {
    return told().get("state").getAsString();
  }

  /** How often each task was tried. */
  Map<String, Integer> tries() {
    var tries = new HashMap<String, Integer>();
    told()
        .getAsJsonObject("tasks")
        .asMap()
        .forEach((task, told) -> tries.put(task, told.getAsJsonObject().get("tries").getAsInt()));
    return tries;
  }

  /** Waits for the run's end. */
  void awaitSuccess() {
    String end =
        Await.until(
            "the run's end",
            SmallRun.LIMIT,
            () -> Optional.of(state()).filter(state -> !state.matches("queued|running")));
    assertThat(end).as(() -> "see " + folder.resolve("logs")).isEqualTo("success");
  }

  private JsonObject told() {
    return last(
        python.script("airflow_state.py", "state", folder.resolve("airflow.db").toString(), RUN));
  }

  private static JsonObject last(String said) {
    return JsonParser.parseString(said.lines().reduce((before, line) -> line).orElseThrow())
        .getAsJsonObject();
  }

  /** The driver that a task's {@code spark-submit} is, while it runs. */
  Optional<ProcessHandle> driver(String task) {
    return servers.stream()
        .flatMap(server -> server.handle().descendants())
        .filter(process -> words(process).contains("\0" + task + "\0"))
        .filter(process -> words(process).contains("org.apache.spark.deploy.SparkSubmit"))
        .findFirst();
  }

  /** A process's command line, its words ended by NUL. */
  private static String words(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // It has ended meanwhile.
    }
  }

  /** The log of one try of a task. */
  String log(String task, int attempt) {
    try (Stream<Path> files = Files.walk(folder.resolve("logs"))) {
      Path file =
          files
              .filter(
                  path -> path.endsWith(Path.of("task_id=" + task, "attempt=" + attempt + ".log")))
              .findFirst()
              .orElseThrow();
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    servers.forEach(LocalProcess::close);
  }
}
