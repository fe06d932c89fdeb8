package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class DoctorTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> properties = new HashMap<>();

  @TempDir private Path folder;

  private int doctor(Map<String, String> settings, String... options) {
    properties.put("spark.ui.enabled", "false");
    properties.put("spark.deepincubation.cache.directory", folder.resolve("cache").toString());
    properties.putAll(settings);
    properties.forEach(System::setProperty);
    var arguments = new String[options.length + 1];
    arguments[0] = "doctor";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @AfterEach
  void forgetSpark() {
    properties.keySet().forEach(System::clearProperty);
  }

  private List<String> places() {
    String last = out.toString().lines().reduce((first, second) -> second).orElseThrow();
    JsonObject json = JsonParser.parseString(last).getAsJsonObject();
    assertThat(json.keySet()).containsExactly("status", "examinations");
    return StreamSupport.stream(json.getAsJsonArray("examinations").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .map(examination -> examination.get("place").getAsString())
        .toList();
  }

  @Test
  void findsAHealthyMachineWell() {
    TinyRuns.draw(folder.resolve("data"));
    int status =
        doctor(
            Map.of("spark.master", "local[1]"),
            "--data",
            folder.resolve("data").toString(),
            "--run",
            folder.resolve("run").toString());
    assertThat(out.toString())
        .containsPattern("libtorch +ok +PyTorch 2")
        .containsPattern("products +ok +fp32 at [1-9]")
        .containsPattern("bfloat16 +ok")
        .containsPattern("storage +ok +wrote, read and deleted in ")
        .contains(": 144 images");
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(folder.resolve("run")).isEmptyDirectory();
  }

  @Test
  void storageThatRefusesHasItsOwnStatus() throws IOException {
    Files.writeString(folder.resolve("run"), "a file is in the way");
    int status =
        doctor(Map.of("spark.master", "local[1]"), "--run", folder.resolve("run").toString());
    assertThat(status).isEqualTo(5);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("deep-incubation: Cannot train here: 1 checks failed, first storage: Cannot ")
        .contains(folder.resolve("run").toString());
  }

  @Test
  void aMissingGpuIsTold() {
    int status =
        doctor(Map.of("spark.master", "local[1]", "spark.deepincubation.device", "gpu"), "--json");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).contains("device: Cannot compute on a GPU: expected one");
    assertThat(places()).containsExactly("driver");
  }

  @Test
  void schedulingThatCannotWorkIsToldBeforeAnyTaskStarts() {
    int status =
        doctor(
            Map.of("spark.master", "local[1]", "spark.deepincubation.executor.memory", "8g"),
            "--json");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).contains("spark.deepincubation.executor.memory needs a cluster");
  }

  @Test
  void examinesEveryExecutorOnce() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    int status =
        doctor(
            Map.of(
                "spark.master", "local-cluster[2,2,1024]",
                "spark.executor.memory", "1g",
                "spark.deepincubation.driver.threads", "1",
                "spark.executor.extraClassPath", System.getProperty("java.class.path")),
            "--run",
            folder.resolve("run").toString(),
            "--json");
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    assertThat(places()).containsExactly("driver", "executor 0", "executor 1");
    assertThat(folder.resolve("run")).isEmptyDirectory();
  }

  @Test
  void executorsThatNeverComeAreNotWaitedForForever() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    int status =
        doctor(
            Map.of(
                "spark.master", "local-cluster[1,1,1024]",
                "spark.executor.memory", "1g",
                "spark.executor.resource.gpu.amount", "1",
                "spark.task.resource.gpu.amount", "1",
                "spark.deepincubation.device", "cpu"),
            "--timeout",
            "6",
            "--json");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).contains("no executor came within 6 s");
  }

  @Test
  void aMasterThatDoesNotAnswerIsToldWithinTheDeadline() throws IOException {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String master = "spark://127.0.0.1:" + free;
    int status = doctor(Map.of("spark.master", master), "--timeout", "5", "--json");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("deep-incubation: Cannot train here: 1 checks failed, first master: no master")
        .contains("answers at 127.0.0.1:" + free + ": ");
    assertThat(places()).containsExactly("cluster");
  }

  @Test
  void refusesAMasterThatIsNone() {
    assertThat(doctor(Map.of("spark.master", "localhost"))).isEqualTo(2);
    assertThat(err.toString()).contains("Cannot use --master localhost: expected local[N]");
  }

  @Test
  void refusesKeysThatNobodyReads() {
    assertThat(doctor(Map.of("spark.master", "local[1]", "spark.deepincubation.devise", "cpu")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("did you mean spark.deepincubation.device?");
  }

  @Test
  void refusesATimeoutThatIsNone() {
    assertThat(doctor(Map.of("spark.master", "local[1]"), "--timeout", "0")).isEqualTo(2);
  }
}
