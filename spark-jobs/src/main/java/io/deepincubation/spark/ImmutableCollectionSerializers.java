package io.deepincubation.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JDK's unmodifiable lists and maps, which Kryo would make empty and then fail to fill. */
final class ImmutableCollectionSerializers {

  private ImmutableCollectionSerializers() {}

  /** Registers the classes behind {@code List.of}, {@code Map.of} and their likes. */
  static void register(Kryo kryo) {
    List<List<Integer>> lists =
        List.of(
            List.of(),
            List.of(0, 1),
            List.of(0, 1, 2).subList(1, 2),
            Collections.nCopies(2, 0),
            Collections.unmodifiableList(new ArrayList<>(List.of(0))));
    lists.forEach(list -> kryo.register(list.getClass(), new ListSerializer()));
    List<Map<String, Integer>> maps =
        List.of(Map.of(), Map.of("a", 0), Collections.unmodifiableMap(new LinkedHashMap<>()));
    maps.forEach(map -> kryo.register(map.getClass(), new MapSerializer()));
    kryo.register(
        Collections.unmodifiableSortedMap(new TreeMap<>()).getClass(), new MapSerializer());
  }

  private static final class ListSerializer extends Serializer<List<?>> {

    ListSerializer() {
      setImmutable(true);
    }

    @Override
    public void write(Kryo kryo, Output output, List<?> list) {
      output.writeInt(list.size(), true);
      list.forEach(element -> kryo.writeClassAndObject(output, element));
    }

    @Override
    public List<?> read(Kryo kryo, Input input, Class<List<?>> type) {
      int size = input.readInt(true);
      var elements = new ArrayList<Object>();
      for (int i = 0; i < size; i++) {
        elements.add(kryo.readClassAndObject(input));
      }
      return Collections.unmodifiableList(elements);
    }
  }

  private static final class MapSerializer extends Serializer<Map<?, ?>> {

    MapSerializer() {
      setImmutable(true);
    }

    @Override
    public void write(Kryo kryo, Output output, Map<?, ?> map) {
      output.writeInt(map.size(), true);
      map.forEach(
          (key, value) -> {
            kryo.writeClassAndObject(output, key);
            kryo.writeClassAndObject(output, value);
          });
    }

    @Override
    public Map<?, ?> read(Kryo kryo, Input input, Class<Map<?, ?>> type) {
      int size = input.readInt(true);
      var entries = new LinkedHashMap<Object, Object>();
      for (int i = 0; i < size; i++) {
        Object key = kryo.readClassAndObject(input);
        entries.put(key, kryo.readClassAndObject(input));
      }
      return Collections.unmodifiableMap(entries);
    }
  }
}
