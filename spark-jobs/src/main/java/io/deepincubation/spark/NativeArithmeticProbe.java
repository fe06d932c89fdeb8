package io.deepincubation.spark;

import io.deepincubation.core.network.NativeArithmetic;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/** Asks the device of a training task for the arithmetic that it is fast at. */
record NativeArithmeticProbe(SparkSettings settings) implements Function<Integer, String> {

  @Override
  public String call(Integer localOrdinal) {
    return NativeArithmetic.of(
            Devices.choose(
                settings.device(),
                Devices.assigned(TaskContext.get().resourcesJMap()),
                settings.local() ? localOrdinal : -1))
        .name();
  }
}
