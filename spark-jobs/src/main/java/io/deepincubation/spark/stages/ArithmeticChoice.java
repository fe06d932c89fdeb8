package io.deepincubation.spark.stages;

import ai.djl.Device;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.StageScheduling;
import io.deepincubation.spark.cluster.Where;
import java.util.EnumSet;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Chooses what a run's products are computed in, the same wherever its stages are computed. */
final class ArithmeticChoice {

  private final JavaSparkContext spark;
  private final SparkSettings settings;
  private final StageScheduling scheduling;

  ArithmeticChoice(JavaSparkContext spark, SparkSettings settings, StageScheduling scheduling) {
    this.spark = spark;
    this.settings = settings;
    this.scheduling = scheduling;
  }

  /** What a recipe's precision comes to here. */
  Arithmetic of(Precision precision) {
    return precision.arithmetic(this::nativeEverywhere);
  }

  /** Fast bfloat16 wherever the run computes, or fp32. */
  private Arithmetic nativeEverywhere() {
    var places = EnumSet.noneOf(Arithmetic.class);
    boolean onDriver = settings.trainOn() == Where.DRIVER || settings.fineTuneOn() == Where.DRIVER;
    if (onDriver || settings.local()) {
      places.add(NativeArithmetic.of(driverDevice()));
    }
    if (!settings.local()) {
      places.add(inTask());
    }
    return places.contains(Arithmetic.FP32) ? Arithmetic.FP32 : Arithmetic.BF16;
  }

  private Arithmetic inTask() {
    spark.setLocalProperty(
        StageJobs.CALL_SITE, "Deep Incubation: ask a task what its device is fast at");
    try {
      JavaRDD<Integer> task = scheduling.applyTo(spark.parallelize(List.of(0), 1));
      return Arithmetic.valueOf(task.map(new NativeArithmeticProbe(settings)).first());
    } finally {
      spark.setLocalProperty(StageJobs.CALL_SITE, null);
    }
  }

  /** All that the driver computes on. */
  List<Device> driverDevices() {
    return Devices.all(settings, Devices.assigned(spark.resources()), /* ordinal= */ 0);
  }

  /** What the driver computes on. */
  Device driverDevice() {
    return Devices.of(settings, Devices.assigned(spark.resources()), /* ordinal= */ 0);
  }
}
