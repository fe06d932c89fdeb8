package io.deepincubation.core.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** The element types of a safetensors file that can be read as floats. */
enum Dtype {
  F32(4) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      bytes.asFloatBuffer().get(values, offset, count);
    }
  },
  F64(8) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      DoubleBuffer doubles = bytes.asDoubleBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = (float) doubles.get(i);
      }
    }
  },
  F16(2) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      ShortBuffer halves = bytes.asShortBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = fromHalf(halves.get(i));
      }
    }
  },
  BF16(2) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      ShortBuffer halves = bytes.asShortBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = Float.intBitsToFloat(halves.get(i) << 16);
      }
    }
  },
  I64(8) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      LongBuffer longs = bytes.asLongBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = longs.get(i);
      }
    }
  },
  I32(4) {
    @Override
    void decode(ByteBuffer bytes, float[] values, int offset, int count) {
      IntBuffer ints = bytes.asIntBuffer();
      for (int i = 0; i < count; i++) {
        values[offset + i] = ints.get(i);
      }
    }
  };

  private static final float SMALLEST_HALF = 0x1p-24f;

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one value. */
  int bytes() {
    return bytes;
  }

  /** Turns little-endian bytes, from the buffer's position on, into floats. */
  abstract void decode(ByteBuffer bytes, float[] values, int offset, int count);

  /** A view in the byte order of the format. */
  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The value of an IEEE 754 half: 1 bit sign, 5 exponent, 10 fraction. */
  private static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      float size = fraction * SMALLEST_HALF;
      return sign == 0 ? size : -size;
    }
    int floatExponent = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | floatExponent << 23 | fraction << 13);
  }
}
