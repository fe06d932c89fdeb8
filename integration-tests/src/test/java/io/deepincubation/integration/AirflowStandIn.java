package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The DAG of the examples on a stand-in for Airflow, which takes the signatures, template fields
 * and command line of a version and of its Spark provider.
 */
final class AirflowStandIn {

  static final List<String> VERSIONS = List.of("2.6", "2.10", "3.3");

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Path DAG =
      Path.of("../examples/airflow/deep_incubation_dag.py").toAbsolutePath().normalize();
  private static final Path MODULES = Path.of("src/test").toAbsolutePath();

  /**
   * The DAG, its templates rendered.
   *
   * @param id its name
   * @param schedule how often it runs
   * @param catchup whether missed dates are made up for
   * @param tasks in the order of the file
   */
  record Graph(String id, String schedule, boolean catchup, List<Task> tasks) {}

  /**
   * One task.
   *
   * @param id its name
   * @param connection the Airflow connection that it uses
   * @param upstream the tasks that must have succeeded
   * @param retries how often it is tried again
   * @param templated the fields that hold templates, all of which were rendered
   * @param yarnTracked whether YARN is asked for the state by its REST API
   * @param command what the provider's hook starts
   */
  record Task(
      String id,
      String connection,
      List<String> upstream,
      int retries,
      List<String> templated,
      boolean yarnTracked,
      List<String> command) {}

  private AirflowStandIn() {}

  /** The interpreter, where there is one. */
  static Optional<Path> python() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, "python3"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Compiles the file. */
  static void compile(Path logs) {
    run("compile", logs, "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", "" + DAG);
  }

  /**
   * Loads the DAG.
   *
   * @param version of Airflow
   * @param date the logical date, or {@code none}
   * @param connection what the Airflow connection says
   * @param params that the DAG run is given
   * @param logs the folder of what it says
   */
  static Graph load(
      String version,
      String date,
      Map<String, String> connection,
      Map<String, String> params,
      Path logs) {
    var gson = new Gson();
    String json =
        run(
            "airflow-" + version + "-" + date,
            logs,
            "-m",
            "airflow_stand_in",
            version,
            DAG.toString(),
            date,
            gson.toJson(connection),
            gson.toJson(params));
    return gson.fromJson(JsonParser.parseString(json), Graph.class);
  }

  private static String run(String name, Path logs, String... words) {
    var command = new ArrayList<>(List.of(python().orElseThrow().toString()));
    command.addAll(List.of(words));
    var environment = Map.of("PYTHONPATH", MODULES.toString(), "PYTHONDONTWRITEBYTECODE", "1");
    LocalProcess process = LocalProcess.start(name, command, environment, logs);
    assertThat(process.awaitExit(LIMIT)).as(process.err()).isZero();
    return process.out();
  }
}
