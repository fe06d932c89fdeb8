package io.deepincubation.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.stream.Stream;

/**
 * Writes a record's components in order, and makes the record anew by its canonical constructor, so
 * that it is checked again on arrival.
 *
 * <p>Kryo's own way is to set fields by their offsets, which the JDK refuses for records.
 */
final class RecordSerializer extends Serializer<Record> {

  RecordSerializer() {
    setImmutable(true);
  }

  @Override
  public void write(Kryo kryo, Output output, Record facts) {
    try {
      for (RecordComponent component : facts.getClass().getRecordComponents()) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        kryo.writeClassAndObject(output, accessor.invoke(facts));
      }
    } catch (ReflectiveOperationException e) {
      throw new KryoException("Cannot write a " + facts.getClass().getName(), e);
    }
  }

  @Override
  public Record read(Kryo kryo, Input input, Class<Record> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = kryo.readClassAndObject(input);
    }
    try {
      Constructor<Record> constructor =
          type.getDeclaredConstructor(
              Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new KryoException("Cannot make a " + type.getName() + " of what arrived", e);
    }
  }
}
