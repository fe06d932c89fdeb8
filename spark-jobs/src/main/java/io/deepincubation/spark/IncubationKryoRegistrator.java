package io.deepincubation.spark;

import com.esotericsoftware.kryo.Kryo;
import io.deepincubation.core.api.Evolving;
import java.util.List;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Names to Spark's Kryo what this library broadcasts, so that {@code
 * spark.kryo.registrationRequired} may be on. All else that it sends is text, numbers, bytes and
 * tuples, which Spark knows; tasks and accumulators travel by Java's serialization.
 *
 * <p>Set it as {@code spark.kryo.registrator}.
 */
@Evolving
public final class IncubationKryoRegistrator implements KryoRegistrator {

  /** In a fixed order: Kryo numbers them, on the driver and on executors alike. */
  private static final List<Class<?>> CLASSES = List.of(byte[][].class, byte[][][].class);

  /** Makes a registrator; Spark does. */
  public IncubationKryoRegistrator() {}

  @Override
  public void registerClasses(Kryo kryo) {
    for (Class<?> type : CLASSES) {
      if (kryo.getClassResolver().getRegistration(type) == null) {
        kryo.register(type);
      }
    }
  }
}
