package io.deepincubation.spark;

import io.deepincubation.core.network.NativeArithmetic;
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
