package io.deepincubation.integration;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * A Spark standalone cluster: a master and workers, each a process of its own. A worker has an
 * address of its own, since Spark repeats a slow task on another host only; one core; and a GPU
 * that only its discovery script knows of.
 */
public final class StandaloneCluster implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(2);
  private static final String HOST = "127.0.0.1";
  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

  private final SparkHome home;
  private final Path folder;
  private final int port = Ports.free();
  private final int webPort = Ports.free();
  private final LocalProcess master;
  private final List<LocalProcess> workers = new ArrayList<>();
  private int launched;

  /**
   * Starts a cluster and waits until all workers are alive.
   *
   * @param home its Spark
   * @param folder for logs and for the work folders of executors
   * @param workers how many
   */
  public StandaloneCluster(SparkHome home, Path folder, int workers) {
    this.home = home;
    this.folder = folder;
    master =
        start(
            "master",
            "org.apache.spark.deploy.master.Master",
            List.of("--host", HOST, "--port", "" + port, "--webui-port", "" + webPort),
            HOST);
    Await.untilTrue("a master on port " + webPort, START, () -> aliveWorkers().isPresent());
    for (int i = 0; i < workers; i++) {
      launchWorker();
    }
    awaitWorkers(workers);
  }

  private LocalProcess start(
      String name, String mainClass, List<String> arguments, String address) {
    var environment = new HashMap<>(home.environment());
    environment.put("SPARK_LOCAL_IP", address);
    return LocalProcess.start(name, home.sparkClass(mainClass, arguments), environment, folder);
  }

  /** Starts one more worker and waits until it is alive. */
  public void addWorker() {
    int before = aliveWorkers().orElse(0);
    launchWorker();
    awaitWorkers(before + 1);
  }

  private void launchWorker() {
    launched++;
    String name = "worker-" + launched;
    String address = "127.0.0." + (launched + 1);
    Path settings = folder.resolve(name + ".conf");
    try {
      Path discovery = folder.resolve(name + "-gpus");
      Files.writeString(
          discovery, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\"]}'\n");
      Files.setPosixFilePermissions(discovery, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.writeString(settings, SparkHome.properties(gpu(discovery)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot set up " + name, e);
    }
    workers.add(
        start(
            name,
            "org.apache.spark.deploy.worker.Worker",
            words(name, address, settings),
            address));
  }

  private static Map<String, String> gpu(Path discovery) {
    return Map.of(
        "spark.worker.resource.gpu.amount",
        "1",
        "spark.worker.resource.gpu.discoveryScript",
        discovery.toString());
  }

  private List<String> words(String name, String address, Path settings) {
    return List.of(
        "--host",
        address,
        "--cores",
        "1",
        "--memory",
        "2g",
        "--webui-port",
        "" + Ports.free(),
        "--work-dir",
        folder.resolve(name).toString(),
        "--properties-file",
        settings.toString(),
        masterUrl());
  }

  private void awaitWorkers(int count) {
    Await.untilTrue(count + " workers", START, () -> aliveWorkers().equals(Optional.of(count)));
  }

  /** Workers that the master's page calls alive, once it has a page. */
  private Optional<Integer> aliveWorkers() {
    return Http.json("http://" + HOST + ":" + webPort + "/json/")
        .map(page -> page.getAsJsonObject().getAsJsonArray("workers"))
        .map(
            found ->
                (int)
                    StreamSupport.stream(found.spliterator(), false)
                        .map(JsonElement::getAsJsonObject)
                        .filter(StandaloneCluster::isAlive)
                        .count());
  }

  private static boolean isAlive(JsonObject worker) {
    return worker.get("state").getAsString().equals("ALIVE");
  }

  /** What {@code --master} takes. */
  public String masterUrl() {
    return "spark://" + HOST + ":" + port;
  }

  /** The process of a worker's one executor. */
  public ProcessHandle executor(int worker) {
    List<ProcessHandle> executors =
        workers
            .get(worker)
            .handle()
            .children()
            .filter(child -> words(child).contains(EXECUTOR))
            .toList();
    if (executors.size() != 1) {
      throw new IllegalStateException(
          "Cannot choose an executor: expected one of worker " + worker + ", got " + executors);
    }
    return executors.get(0);
  }

  /** A process's command line, which may be longer than Java tells. */
  private static String words(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // ended meanwhile
    }
  }

  /** Kills the worker that was started last, with its executors, as when a machine is lost. */
  public void loseWorker() {
    workers.remove(workers.size() - 1).close();
  }

  /** Where its logs and those of its executors lie. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    workers.forEach(LocalProcess::close);
    master.close();
  }
}
