package io.deepincubation.spark.stages;

import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.cluster.SparkSettings;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/** Asks the device of a training task for the arithmetic that it is fast at. */
record NativeArithmeticProbe(SparkSettings settings) implements Function<Integer, String> {

  @Override
  public String call(Integer ordinal) {
    List<String> gpus = Devices.assigned(TaskContext.get().resourcesJMap());
    return NativeArithmetic.of(Devices.of(settings, gpus, ordinal)).name();
  }
}
