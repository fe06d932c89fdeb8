package io.deepincubation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts for {@code spark-submit}, as far as they go without a cluster. */
class SparkSubmitScriptsTest {

  private static final Path SCRIPTS = Path.of("spark-submit").toAbsolutePath();
  private static final List<String> VERB = List.of("run", "--recipe", "quickstart", "--run", "a b");

  /** What a script said and its exit status. */
  private record Ending(int status, List<String> out, String err) {}

  @TempDir private Path folder;

  @BeforeEach
  void pretendASparkDistribution() throws IOException {
    executable("bin/spark-submit", "exit 9");
    executable("bin/nvidia-smi", "printf '0\\n1\\n3\\n'");
  }

  private void executable(String name, String line) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Ending run(String script, Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString()));
    words.addAll(arguments);
    Path err = folder.resolve("err");
    var builder = new ProcessBuilder(words).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ending(process.waitFor(), out.lines().toList(), Files.readString(err));
  }

  private List<String> dryRun(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    var all = new HashMap<>(environment);
    all.put("DRY_RUN", "1");
    all.put("SPARK_HOME", folder.toString());
    var arguments = new ArrayList<>(List.of("--conf", "spark.ui.port=4050"));
    arguments.addAll(VERB);
    Ending ending = run(script, all, arguments);
    assertThat(ending.status()).as(ending.err()).isZero();
    return ending.out();
  }

  private String submit() {
    return folder.resolve("bin/spark-submit").toString();
  }

  @Test
  void standaloneOnProcessors() throws Exception {
    assertThat(dryRun("standalone.sh", Map.of("MASTER", "spark://host:7077", "JAR", "/all.jar")))
        .containsExactly(
            submit(),
            "--master",
            "spark://host:7077",
            "--executor-cores",
            "4",
            "--executor-memory",
            "4g",
            "--driver-memory",
            "4g",
            "--conf",
            "spark.executor.memoryOverhead=4g",
            "--conf",
            "spark.task.cpus=4",
            "--conf",
            "spark.ui.port=4050",
            "--class",
            "io.deepincubation.spark.cli.Main",
            "/all.jar",
            "run",
            "--recipe",
            "quickstart",
            "--run",
            "a b");
  }

  @Test
  void yarnWithGpus() throws Exception {
    List<String> words =
        dryRun(
            "yarn.sh",
            Map.of(
                "HADOOP_CONF_DIR", "/etc/hadoop/conf",
                "JAR", "/all.jar",
                "QUEUE", "gpu",
                "EXECUTORS", "8",
                "EXECUTOR_MEMORY_OVERHEAD", "12g",
                "GPUS", "2",
                "LIBTORCH", "/opt/libtorch/lib",
                "PACKAGES", "org.apache.hadoop:hadoop-aws:3.3.4"));

    assertThat(words)
        .startsWith(submit(), "--master", "yarn", "--deploy-mode", "cluster")
        .containsSequence("--num-executors", "8")
        .containsSequence("--queue", "gpu")
        .containsSequence("--files", SCRIPTS.resolve("gpus.sh").toString())
        .containsSequence("--packages", "org.apache.hadoop:hadoop-aws:3.3.4")
        .contains(
            "spark.executor.memoryOverhead=12g",
            "spark.executor.resource.gpu.amount=2",
            "spark.task.resource.gpu.amount=1",
            "spark.executor.resource.gpu.discoveryScript=./gpus.sh",
            "spark.deepincubation.train-on=executor",
            "spark.executorEnv.PYTORCH_LIBRARY_PATH=/opt/libtorch/lib",
            "spark.executorEnv.PYTORCH_FLAVOR=cu128")
        .endsWith("/all.jar", "run", "--recipe", "quickstart", "--run", "a b");
  }

  @Test
  void kubernetesWithGpus() throws Exception {
    List<String> words =
        dryRun(
            "kubernetes.sh",
            Map.of(
                "MASTER", "k8s://https://host:6443",
                "IMAGE", "registry/spark:3.5.9",
                "JAR", "local:///opt/all.jar",
                "NAMESPACE", "training",
                "GPUS", "1"));

    assertThat(words)
        .startsWith(submit(), "--master", "k8s://https://host:6443", "--deploy-mode", "cluster")
        .contains(
            "spark.executor.instances=2",
            "spark.kubernetes.container.image=registry/spark:3.5.9",
            "spark.kubernetes.namespace=training",
            "spark.kubernetes.authenticate.driver.serviceAccountName=spark",
            "spark.executor.resource.gpu.amount=1",
            "spark.executor.resource.gpu.vendor=nvidia.com",
            "spark.executor.resource.gpu.discoveryScript=/opt/deep-incubation/gpus.sh")
        .endsWith("local:///opt/all.jar", "run", "--recipe", "quickstart", "--run", "a b");
  }

  @Test
  void whatIsMissingIsTold() throws Exception {
    assertThat(run("standalone.sh", Map.of("MASTER", "spark://host:7077"), List.of()).err())
        .isEqualTo(
            "standalone.sh: Cannot start: expected a verb such as run or doctor, got none; see the"
                + " top of standalone.sh\n");
    assertThat(run("standalone.sh", Map.of(), VERB).err())
        .contains("expected MASTER=spark://HOST:PORT");
    assertThat(run("yarn.sh", Map.of(), VERB).err()).contains("expected HADOOP_CONF_DIR");
    assertThat(run("kubernetes.sh", Map.of("MASTER", "k8s://h"), VERB).err())
        .contains("expected IMAGE");
    Ending ending = run("standalone.sh", Map.of("MASTER", "m", "SPARK_HOME", "/nowhere"), VERB);
    assertThat(ending.err()).contains("Cannot find /nowhere/bin/spark-submit", "set SPARK_HOME");
    assertThat(ending.status()).isEqualTo(2);
  }

  @Test
  void theDiscoveryScriptTellsGpusAsSparkWantsThem() throws Exception {
    assertThat(run("gpus.sh", Map.of(), List.of()).out())
        .containsExactly("{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\", \"3\"]}");
  }
}
