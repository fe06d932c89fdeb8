package io.deepincubation.spark.doctor;

import ai.djl.Device;
import io.deepincubation.core.machine.Host;
import io.deepincubation.core.machine.NameEncoding;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.spark.cluster.DeviceChoice;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.Version;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.util.VersionInfo;
import scala.util.Properties;

/** The examination of the process that it is called in. */
final class ProcessExamination {

  private static final String STORAGE_REMEDY =
      "check the URI, the credentials in Spark's configuration and what they may do there";

  private final ExaminationFacts facts;
  private final StorageFactory storages;

  ProcessExamination(ExaminationFacts facts, StorageFactory storages) {
    this.facts = facts;
    this.storages = storages;
  }

  /** Versions of what runs here. */
  static String versions() {
    return String.format(
        Locale.ROOT,
        "Java %s, Spark %s, Scala %s, Hadoop %s, deep-incubation %s",
        Runtime.version().feature(),
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        Properties.versionNumberString(),
        VersionInfo.getVersion(),
        Version.ofThisLibrary());
  }

  /**
   * Examines.
   *
   * @param executor Spark's id of this process
   * @param gpus addresses that Spark assigned
   */
  Examination examine(String executor, List<String> gpus) {
    boolean driver = executor.equals(Attempt.DRIVER);
    var checkup = new Checkup(Duration.ofSeconds(facts.secondsForCheck()));
    SparkSettings settings = facts.settings();
    int width = driver ? settings.driverThreads() : settings.taskThreads();
    int tasks = driver && !settings.local() ? 1 : facts.tasksAtOnce();
    int processors = Runtime.getRuntime().availableProcessors();
    checkup
        .check("versions", () -> MachineChecks.versions(versions(), facts.versions()), "")
        .check("locale", () -> MachineChecks.locale(NameEncoding.here()), "")
        .check("libtorch", MachineChecks::nativeLibrary, MachineChecks.NATIVE_REMEDY);
    devices(checkup, gpus);
    checkup
        .check("memory", () -> memory(driver), "")
        .check(
            "threads",
            () ->
                MachineChecks.threads(
                    settings.local() ? settings.taskThreads() : width,
                    tasks,
                    processors,
                    TorchEngine.waitPolicy()),
            "")
        .check(
            "cache",
            () -> MachineChecks.cache(settings.cacheFolder(), settings.cacheBytes()),
            "set spark.deepincubation.cache.directory to a folder that can be written");
    storage(checkup);
    String place = driver ? Attempt.DRIVER : "executor " + executor;
    return new Examination(place, Host.name(), checkup.findings());
  }

  private void devices(Checkup checkup, List<String> gpus) {
    checkup
        .check("device", () -> device(gpus), "")
        .check("products", () -> MachineChecks.products(chosen(gpus)), "see the line on the device")
        .check(
            "bfloat16", () -> MachineChecks.bfloat16(chosen(gpus)), "see the line on the device");
  }

  private Device chosen(List<String> gpus) {
    return Devices.of(facts.settings(), gpus, /* ordinal= */ 0);
  }

  private Finding device(List<String> gpus) {
    Device device = chosen(gpus);
    String said = new Attempt("", 0, gpus).device(device);
    int idle = device.isGpu() ? 0 : TorchEngine.gpus();
    return idle > 0 && facts.settings().device() == DeviceChoice.AUTO
        ? new Finding(
            "device",
            Finding.State.WARN,
            said + ", beside " + idle + " GPUs that Spark assigned to nobody",
            "set spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount")
        : new Finding("device", Finding.State.OK, said, "");
  }

  private Finding memory(boolean driver) {
    return driver
        ? MachineChecks.memory(-1, "the machine's memory")
        : MachineChecks.memory(facts.grantedBytes(), "spark.executor.memoryOverhead");
  }

  private void storage(Checkup checkup) {
    if (!facts.dataUri().isEmpty()) {
      checkup.check(
          Finding.STORAGE,
          () -> StorageChecks.data(storages.open(facts.dataUri())),
          STORAGE_REMEDY);
    }
    if (!facts.runUri().isEmpty()) {
      checkup.check(
          Finding.STORAGE, () -> StorageChecks.run(storages.open(facts.runUri())), STORAGE_REMEDY);
    }
  }
}
